"""The office guide as tables, and the rules that read them."""
