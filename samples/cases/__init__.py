"""The cases of the sample inbox: one function an application; its docstring says who asks."""
