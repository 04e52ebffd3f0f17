"""How findings are written: for people, for editors and for programs."""
