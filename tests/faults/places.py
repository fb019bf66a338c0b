"""Named steps at which runs are killed: where state changes hands, in the order in which a run comes to them."""

from __future__ import annotations

from tests.faults.runs import Place

IN_LOAD = [
    Place("tokenworth.warehouse:_prepare", "after"),
    Place("tokenworth.identities:Pseudonyms._remember", "after"),
    Place("tokenworth.identities:Pseudonyms._remember", "after", 3),
    Place("tokenworth.ledger:Ledger.write", "before"),
    Place("tokenworth.ledger:Ledger.write", "after", 2),
    Place("tokenworth.intake:Intake.commit", "after", 3),
    Place("tokenworth.intake:Intake.forget", "before", 4),
    Place("tokenworth.ledger:Ledger.write_touched", "after"),
    Place("tokenworth.load:refresh_names", "before"),
    Place("tokenworth.load:refresh_identities", "before"),
    Place("tokenworth.load:refresh_identities", "after"),
    Place("tokenworth.load:end", "after"),
]
IN_PUBLISH = [
    Place("tokenworth.publish:settle", "after"),
    Place("tokenworth.publish:keep_told", "after"),
    Place("tokenworth.publish:_restrict", "after"),
    Place("tokenworth.publish:write_json", "before"),
    Place("tokenworth.publish:_to_disk", "after", 5),
    Place("tokenworth.publish:_write", "after"),
    Place("tokenworth.publish:remember", "after"),
    Place("tokenworth.publish:_swap", "before"),
    Place("pathlib:Path.symlink_to", "after"),
    Place("tokenworth.publish:_swap", "after"),
    Place("tokenworth.publish:_remove_all_but", "after", 2),
]
IN_BUILD = [
    Place("tokenworth.build:refresh_prices", "after"),
    Place("tokenworth.build:settle", "after"),
    Place("tokenworth.build:_Watch._finished", "after", 90),
    Place("tokenworth.build:_Watch._finished", "before", 150),
    Place("tokenworth.build:run_dbt", "after"),
    Place("tokenworth.build:end", "after"),
]
IN_CHECK = [
    Place("expectations.checkpoint:_validate", "after"),
    Place("expectations.checkpoint:store", "after"),
]
