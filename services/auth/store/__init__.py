"""The auth service's SQL. `Anonymous` comes first where the caller is what the function finds out.

Rows are locked in this order. Of two transactions that lock the same ones the other way round, PostgreSQL
ends one after a second, and a person is told 503:

1. teams, in the order of their ids
2. a letter that waits (`Post.drop`)
3. API tokens, in the order of their ids
4. agents to be cut off
5. an invitation
6. memberships and their persons, these in the order of their ids
7. log-ins
8. codes that enrol a machine, links to a new password
9. the chains of the audit log, in the order of their teams' ids

A row that is added, or names another from now on, locks what it names, too: a membership its team and its
person, a token or a code its membership, a log-in its person, a person the team last chosen. What is
deleted locks what goes with it.

Some may differ, as nobody can wait for them in turn. A changed role and a deleted account come to tokens
behind the person: they hold the teams of these tokens. Whoever uses a link to a new password takes it
before the log-ins: they hold its person. Whoever accepts an invitation comes to their own log-in behind the
chain of a team that they were not in before.
"""
