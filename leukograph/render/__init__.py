"""From values to text, tables and JSON. Returns strings and prints nothing."""
