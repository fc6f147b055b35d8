"""`make bench`: prints every figure that the product promises, and what it promises."""

from bench import classify, repository, run, schema, start, storm, workspace

if __name__ == "__main__":
    run.measure()
    classify.measure()
    start.measure()
    schema.measure()
    repository.measure()
    workspace.measure()
    storm.measure()
