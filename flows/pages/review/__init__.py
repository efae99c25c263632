"""The reviewer's pages: the queue, a case, accuracy."""
