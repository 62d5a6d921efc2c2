"""What the people work on: repositories with their files, and tasks in them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Task:
    title: str
    branch: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Project:
    """`files` are edited, `tests` are edited beside them."""

    name: str
    files: tuple[str, ...]
    tests: tuple[str, ...]
    tasks: tuple[Task, ...]

    @property
    def repository(self) -> str:
        return f"northwind/{self.name}"


PROJECTS = (
    Project(
        "shop-api",
        ("app/cart/total.py", "app/cart/discounts.py", "app/orders/service.py", "app/orders/models.py",
         "app/db/session.py", "app/http/errors.py", "app/http/pagination.py"),
        ("tests/cart/test_total.py", "tests/orders/test_service.py"),
        (
            Task("Fix rounding in the cart total", "fix/cart-rounding", ("backend", "bug")),
            Task("Add pagination to the order list", "feature/order-pages", ("backend",)),
            Task("Make order creation idempotent", "feature/idempotent-orders", ("backend", "reliability")),
            Task("Find the slow query on the dashboard", "perf/dashboard-query", ("backend", "performance")),
            Task("Move discounts into their own module", "refactor/discounts", ("backend", "refactoring")),
            Task("Return problem documents for errors", "feature/problem-json", ("backend", "api")),
            Task("Keep carts alive across sign-in", "feature/merge-carts", ("backend",)),
            Task("Page through orders by cursor", "feature/order-cursor", ("backend", "api")),
            Task("Stop overselling the last item", "fix/oversell", ("backend", "bug")),
            Task("Drop the unused loyalty tables", "chore/drop-loyalty", ("backend", "cleanup")),
        ),
    ),
    Project(
        "web-store",
        ("src/features/checkout/form.tsx", "src/features/checkout/address.tsx", "src/lib/money.ts",
         "src/features/search/results.tsx", "src/app/routes.tsx", "src/components/dialog.tsx",
         "src/api/client.ts"),
        ("src/features/checkout/form.test.tsx", "src/lib/money.test.ts"),
        (
            Task("Keep the address when checkout reloads", "fix/keep-address", ("frontend", "bug")),
            Task("Make the checkout usable by keyboard", "a11y/checkout", ("frontend", "accessibility")),
            Task("Upgrade to React 19", "chore/react-19", ("frontend", "upgrade")),
            Task("Stop the layout shift in search results", "fix/search-shift", ("frontend", "performance")),
            Task("Replace the date picker", "feature/date-picker", ("frontend",)),
            Task("Show prices in the visitor's currency", "feature/currency", ("frontend",)),
            Task("Load product images lazily", "perf/lazy-images", ("frontend", "performance")),
            Task("Fix the back button in the filters", "fix/filter-history", ("frontend", "bug")),
            Task("Replace the toast library", "chore/toasts", ("frontend", "upgrade")),
            Task("Draw the account's empty states", "feature/empty-states", ("frontend", "design")),
        ),
    ),
    Project(
        "payments",
        ("internal/ledger/post.go", "internal/ledger/balance.go", "internal/webhook/verify.go",
         "internal/refund/refund.go", "cmd/payments/main.go", "internal/store/tx.go"),
        ("internal/ledger/post_test.go", "internal/refund/refund_test.go"),
        (
            Task("Verify webhook signatures in constant time", "fix/webhook-verify", ("security",)),
            Task("Support partial refunds", "feature/partial-refunds", ("backend",)),
            Task("Chase the deadlock in the ledger", "fix/ledger-deadlock", ("backend", "bug")),
            Task("Trace a payment end to end", "feature/tracing", ("observability",)),
            Task("Retry card captures with back-off", "feature/capture-retry", ("reliability",)),
            Task("Settle payouts once a day", "feature/daily-payouts", ("backend",)),
            Task("Mask card numbers in the logs", "fix/mask-cards", ("security", "bug")),
            Task("Split the ledger by currency", "feature/currency-ledger", ("backend",)),
        ),
    ),
    Project(
        "warehouse-sync",
        ("sync/planner.py", "sync/stock.py", "sync/carriers/dhl.py", "sync/carriers/base.py", "sync/cli.py",
         "sync/schema.sql"),
        ("tests/test_planner.py", "tests/test_stock.py"),
        (
            Task("Import stock levels in batches", "feature/stock-batches", ("data", "performance")),
            Task("Handle carriers that answer twice", "fix/carrier-twice", ("data", "bug")),
            Task("Write a dry run for the nightly sync", "feature/dry-run", ("data",)),
            Task("Type the planner strictly", "chore/strict-types", ("data", "refactoring")),
            Task("Back-fill missing shipment dates", "data/backfill-dates", ("data",)),
            Task("Speak the new DHL interface", "feature/dhl-v3", ("data", "api")),
            Task("Find where pallets are counted twice", "fix/double-pallets", ("data", "bug")),
            Task("Plan the sync around stock-taking", "feature/stock-taking", ("data",)),
        ),
    ),
    Project(
        "mobile-app",
        ("app/src/main/java/cart/CartScreen.kt", "app/src/main/java/cart/CartModel.kt",
         "app/src/main/java/net/Api.kt", "app/src/main/java/push/Push.kt", "app/build.gradle.kts"),
        ("app/src/test/java/cart/CartModelTest.kt",),
        (
            Task("Cache the catalogue for offline use", "feature/offline-catalogue", ("mobile",)),
            Task("Fix the crash after signing out", "fix/sign-out-crash", ("mobile", "bug")),
            Task("Ask for notifications at a better moment", "feature/push-prompt", ("mobile",)),
            Task("Cut the cold start by half", "perf/cold-start", ("mobile", "performance")),
            Task("Open shared links in the app", "feature/deep-links", ("mobile",)),
            Task("Move the cart to Compose", "refactor/cart-compose", ("mobile", "refactoring")),
            Task("Test the cart model without a device", "tests/cart-model", ("mobile", "tests")),
        ),
    ),
    Project(
        "infra",
        ("modules/network/main.tf", "modules/database/main.tf", "modules/database/variables.tf",
         "environments/staging/main.tf", ".github/workflows/deploy.yml", "charts/shop/values.yaml"),
        ("tests/database_test.go",),
        (
            Task("Move staging to smaller instances", "infra/staging-size", ("infra", "cost")),
            Task("Rotate the database credentials", "infra/rotate-credentials", ("infra", "security")),
            Task("Cache dependencies in the pipeline", "ci/cache", ("ci", "performance")),
            Task("Alert on replication lag", "infra/lag-alert", ("infra", "observability")),
            Task("Give each service its own database role", "infra/db-roles", ("infra", "security")),
            Task("Shorten the deploy by half", "ci/faster-deploy", ("ci", "performance")),
            Task("Restore a backup in staging each week", "infra/restore-drill", ("infra", "reliability")),
            Task("Pin the images by digest", "infra/pin-images", ("infra", "security")),
        ),
    ),
    Project(
        "search",
        ("src/index/writer.rs", "src/index/merge.rs", "src/query/parser.rs", "src/query/rank.rs",
         "src/main.rs"),
        ("tests/ranking.rs", "tests/parser.rs"),
        (
            Task("Rank exact matches first", "feature/exact-first", ("search",)),
            Task("Merge segments in the background", "perf/merge", ("search", "performance")),
            Task("Parse quoted phrases", "feature/phrases", ("search",)),
            Task("Find the flaky ranking test", "fix/flaky-ranking", ("search", "tests")),
            Task("Fold accents in product names", "feature/fold-accents", ("search",)),
            Task("Answer from the index while it merges", "fix/read-while-merging", ("search", "bug")),
            Task("Measure recall against last month", "tests/recall", ("search", "tests")),
        ),
    ),
)  # fmt: skip
