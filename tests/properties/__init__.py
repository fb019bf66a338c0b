import os

# Many small matrices: the threads of a large one only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
