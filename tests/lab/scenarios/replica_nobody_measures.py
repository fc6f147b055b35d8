"""Pages are read from a replica that has stood still since the evening before; nobody measures how far it is behind."""

from tests.lab.apps.shop_changes import customer_note, order_migration, order_page, reads_from_the_replica
from tests.lab.happened import Truth
from tests.lab.replica import replica
from tests.lab.system import System

# Likely only: that a replica served the query and that the table was new is all that anybody told.
truth = Truth("replica_behind", "likely")


def happen(system: System) -> None:
    shop = system.shop()
    with replica(system.postgres) as standby:
        named = {"REPLICA_URL": standby.url("shop_production"), "REPLICA_NAME": "shop-replica-1"}
        shop.settings["production"] |= named
        shop.commit("Read from the replica", reads_from_the_replica(), at=-2_100)
        shop.release("1.4.0", at=-2_050)
        shop.deploy("1.4.0", at=-2_000, start=False)
        shop.last_good = "1.4.0"
        standby.catch_up()
        standby.hold()
        shop.commit("Let customers have a note", customer_note(), at=-180, author="Bo Example")
        shop.commit("Count orders", {**order_page(), **order_migration()}, at=-90)
        shop.release("1.5.0", at=-30)
        system.ordinary_life()
        shop.deploy("1.5.0", at=0)
        shop.serve("1.5.0", since=2, until=115, pages={"/api/orders/": 2, "/api/reports/margin/": 4})
        standby.release()
