"""The checker in an editor, over the Language Server Protocol; the only import of pygls."""
