"""The engine in native form: ``core`` is built from the Cython sources here, and is absent where nothing was built."""
