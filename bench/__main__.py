"""`make bench`: prints every figure that the product promises, and what it promises."""

from bench import classify, run, schema, start, workspace

if __name__ == "__main__":
    run.measure()
    classify.measure()
    start.measure()
    schema.measure()
    workspace.measure()
