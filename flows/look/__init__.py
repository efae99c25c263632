"""``yijianshi look``: what reading saw of one scan, for whoever mends it.

Reading itself is the usual one (:func:`flows.worker.read_with`), with the engine recorded,
the extractors' answers kept, and everything told on the way written down (:mod:`pipeline.watch`).
"""
