"""Days that chance makes up, played on one server. The gate plays a few, the same ones each time;
CHATD_MODEL_EXAMPLES=200 plays as many others."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

EXAMPLES = int(os.environ.get("CHATD_MODEL_EXAMPLES", "0"))
takes_long = pytest.mark.timeout(60 + 10 * EXAMPLES)


def play(day: type[RuleBasedStateMachine], few: int, steps: int) -> None:
    run_state_machine_as_test(
        day,
        settings=settings(
            max_examples=EXAMPLES or few,
            stateful_step_count=steps,
            derandomize=not EXAMPLES,
            database=None,
            phases=(Phase.generate,),  # to shrink would take longer than to read what is printed
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
