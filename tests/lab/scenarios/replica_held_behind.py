"""Pages are read from a replica, which stood still for fifty minutes while the release with the table went out."""

from tests.lab.apps.shop_changes import customer_note, order_migration, order_page, reads_from_the_replica
from tests.lab.happened import Truth
from tests.lab.heartbeat import Heartbeat
from tests.lab.replica import replica
from tests.lab.system import System

truth = Truth("replica_behind", "proved")


def happen(system: System) -> None:
    shop = system.shop()
    with replica(system.postgres) as standby:
        name = "shop-replica-1"
        shop.settings["production"] |= {"REPLICA_URL": standby.url("shop_production"), "REPLICA_NAME": name}
        shop.commit("Read from the replica", reads_from_the_replica(), at=-2_100)
        shop.release("1.4.0", at=-2_050)
        shop.deploy("1.4.0", at=-2_000, start=False)
        shop.last_good = "1.4.0"
        monitor = Heartbeat(system, standby, "shop_production", name)
        shop.commit("Let customers have a note", customer_note(), at=-180, author="Bo Example")
        shop.commit("Count orders", {**order_page(), **order_migration()}, at=-90)
        shop.release("1.5.0", at=-30)
        system.ordinary_life()
        monitor.measure(range(-30, -5, 5))
        standby.hold()
        shop.deploy("1.5.0", at=0)
        monitor.measure(range(-5, 45, 5))
        shop.serve("1.5.0", since=2, until=44, pages={"/api/orders/": 1, "/api/reports/margin/": 4})
        standby.release()
        monitor.measure(range(45, 120, 5))
        shop.serve("1.5.0", since=46, until=115, pages={"/api/orders/": 4, "/api/reports/margin/": 4})
