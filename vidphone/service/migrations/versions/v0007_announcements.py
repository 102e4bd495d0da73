"""Announcements, changed numbers, objections to a changed agreement."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = (
    "agreement_answers",
    "agreement_changes",
    "number_changes",
    "announcement_reads",
    "announcement_accounts",
    "announcements",
)


def upgrade() -> None:
    """Apply."""
    op.add_column("account_events", sa.Column("topic", sa.String(length=16)))
    _announcements()
    _number_changes()
    _agreement_changes()


def _announcements() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("body_zh", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.Column("plan", sa.String(length=64)),
        sa.Column("agreement_version", sa.String(length=32)),
        sa.Column("begins_at", sa.Float()),
        sa.Column("ends_at", sa.Float()),
        sa.Column("publish_at", sa.Float(), nullable=False),
        sa.Column("published_at", sa.Float()),
        sa.Column("withdrawn_at", sa.Float()),
        sa.Column("written_by", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_version"],
            ["agreement_versions.version"],
            name="fk_announcements_agreement_version_agreement_versions",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_announcements"),
        sa.UniqueConstraint("published_at", name="uq_announcements_published_at"),
    )
    for table, *more in (
        ("announcement_accounts",),
        ("announcement_reads", sa.Column("read_at", sa.Float(), nullable=False)),
    ):
        op.create_table(
            table,
            sa.Column("announcement_id", sa.String(length=32), nullable=False),
            sa.Column("account_id", sa.Integer(), nullable=False),
            *more,
            sa.ForeignKeyConstraint(
                ["announcement_id"], ["announcements.id"], name=f"fk_{table}_announcement_id_announcements"
            ),
            sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=f"fk_{table}_account_id_accounts"),
            sa.PrimaryKeyConstraint("announcement_id", "account_id", name=f"pk_{table}"),
        )
        op.create_index(f"ix_{table}_account_id", table, ["account_id"])


def _number_changes() -> None:
    op.create_table(
        "number_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("old_number", sa.String(length=15), nullable=False),
        sa.Column("new_number", sa.String(length=15), nullable=False),
        sa.Column("effective_at", sa.Float(), nullable=False),
        sa.Column("rest_s", sa.Float(), nullable=False),
        sa.Column("done_at", sa.Float()),
        sa.Column("withdrawn_at", sa.Float()),
        sa.Column("announcement_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_number_changes_account_id_accounts"),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcements.id"], name="fk_number_changes_announcement_id_announcements"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_number_changes"),
        sqlite_autoincrement=True,
    )
    for column in ("account_id", "old_number"):
        op.create_index(f"ix_number_changes_{column}", "number_changes", [column])
    planned = sa.text("done_at IS NULL AND withdrawn_at IS NULL")
    op.create_index(
        "uq_number_changes_planned",
        "number_changes",
        ["account_id"],
        unique=True,
        sqlite_where=planned,
        postgresql_where=planned,
    )


def _agreement_changes() -> None:
    op.create_table(
        "agreement_changes",
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("announcement_id", sa.String(length=32), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("published_on", sa.String(length=10)),
        sa.Column("until_day", sa.String(length=10)),
        sa.Column("settled_account", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.Float()),
        sa.ForeignKeyConstraint(
            ["version"], ["agreement_versions.version"], name="fk_agreement_changes_version_agreement_versions"
        ),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcements.id"], name="fk_agreement_changes_announcement_id_announcements"
        ),
        sa.PrimaryKeyConstraint("version", name="pk_agreement_changes"),
        sa.UniqueConstraint("announcement_id", name="uq_agreement_changes_announcement_id"),
    )
    op.create_table(
        "agreement_answers",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("on_day", sa.String(length=10), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("case_number", sa.String(length=16)),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_agreement_answers_account_id_accounts"),
        sa.ForeignKeyConstraint(
            ["version"], ["agreement_changes.version"], name="fk_agreement_answers_version_agreement_changes"
        ),
        sa.PrimaryKeyConstraint("account_id", "version", name="pk_agreement_answers"),
    )
    op.create_index("ix_agreement_answers_version_answer", "agreement_answers", ["version", "answer"])


def downgrade() -> None:
    """Take back."""
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("account_events", "topic")
