"""A Kubernetes-shaped API server whose every incoming and outgoing path is traced through the facade."""
