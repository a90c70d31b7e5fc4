"""The commands of `goodsout`: one module each, imported only when it is used. `daemon/__main__.py` lists them."""
