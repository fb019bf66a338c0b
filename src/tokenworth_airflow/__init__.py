"""What ties Tokenworth to Airflow: what the DAGs share, and Airflow on one machine.

The only package of ours that knows the scheduler; `tokenworth` itself runs without it.
"""
