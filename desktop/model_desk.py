"""Everything that choosing models takes, in one value."""

from dataclasses import dataclass

from desktop.hub_desk import HubDesk
from desktop.model_scan import ModelScan
from desktop.own_devices_desk import OwnDevicesDesk
from desktop.pair_model import PairModel
from desktop.pair_planner import PairPlanner
from desktop.pair_tests import PairTests
from desktop.profile_model import ProfileModel
from desktop.worker_desk import WorkerDesk


@dataclass(frozen=True)
class ModelDesk:
    """What the model dialog works with."""

    scan: ModelScan
    planner: PairPlanner
    hub: HubDesk
    profiles: ProfileModel
    pair: PairModel
    tests: PairTests
    workers: WorkerDesk
    devices: OwnDevicesDesk
