"""The pages for clerks and reviewers: FastAPI, server-rendered, in Chinese, without anything from
elsewhere. They read and write the store through the same steps and checks that the batch uses."""
