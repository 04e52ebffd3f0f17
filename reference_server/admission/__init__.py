"""Admission: webhooks that may change or refuse an object before it is stored."""
