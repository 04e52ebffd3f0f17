"""The filters of the server: each is one WSGI wrapper, and ``app.py`` says in which order a request meets them."""
