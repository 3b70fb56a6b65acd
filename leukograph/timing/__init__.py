"""When a count falls and comes back: figures along the backbone, and Friberg's model."""
