"""Who may do what: every route of the API and every frame of the socket, for every kind of caller.

A route or frame that has no line here fails the build: whoever adds one decides here who may use it.
`owner` is the member whose session, machine, token or log-in it is; the `agent` token and the `revoked` one
are theirs too. `other` is the admin of another team; `removed` holds what they held before their removal.
"""

from collections.abc import Iterator
from dataclasses import dataclass

ACTORS = ("anonymous", "viewer", "member", "owner", "admin", "other", "agent", "removed", "revoked")

# A number is the status; `200-` is a list that does not hold the thing, where `200` in its line holds it.
ROUTES = """
                                                            anon view memb ownr admn othr agnt rmvd rvkd

POST   /api/auth/register                       anybody     201  201  201  201  201  201  201  201  201
POST   /api/auth/login                          anybody     200  200  200  200  200  200  200  200  200
POST   /api/auth/enrol                          code        201  201  201  201  201  201  201  201  201
GET    /api/auth/mail                           public      200  200  200  200  200  200  200  200  200
POST   /api/auth/reset                          anybody     202  202  202  202  202  202  202  202  202
POST   /api/auth/reset/confirm                  secret      204  204  204  204  204  204  204  204  204
POST   /api/auth/invites/preview                secret      200  200  200  200  200  200  200  200  200
GET    /api/auth/jwks.json                      public      200  200  200  200  200  200  200  200  200
POST   /api/auth/refresh                        own-cookie  401  200  200  200  200  200  401  200  401
POST   /api/auth/logout                         own         204  204  204  204  204  204  403  401  401
GET    /api/auth/me                             own         401  200  200  200  200  200  403  401  401
PUT    /api/auth/me                             own         401  200  200  200  200  200  403  401  401
DELETE /api/auth/me                             own         401  204  204  204  204  204  403  401  401
GET    /api/auth/me/export                      owner's     401  200- 200- 200  200- 200- 403  401  401
POST   /api/auth/ws-ticket                      own         401  200  200  200  200  200  403  401  401
POST   /api/auth/enrolment-codes                own         401  403  201  201  201  201  403  401  401
POST   /api/auth/accept-invite                  secret      401  200  200  200  200  200  403  401  401
POST   /api/auth/switch-team                    team        401  200  200  200  200  404  403  401  401
POST   /api/auth/tokens                         to-read     401  201  201  201  201  201  403  401  401
POST   /api/auth/tokens                         to-report   401  403  201  201  201  201  403  401  401
GET    /api/auth/tokens                         owner's     401  200- 200- 200  200- 200- 403  401  401
DELETE /api/auth/tokens/{token_id}              own         401  204  204  204  204  204  403  401  401
DELETE /api/auth/tokens/{token_id}              owner's     401  404  404  204  404  404  403  401  401
GET    /api/auth/logins                         owner's     401  200- 200- 200  200- 200- 403  401  401
DELETE /api/auth/logins                         own         401  204  204  204  204  204  403  401  401
DELETE /api/auth/logins/{login_id}              own         401  204  204  204  204  204  403  401  401
DELETE /api/auth/logins/{login_id}              owner's     401  404  404  204  404  404  403  401  401

GET    /api/teams                               team        401  200  200  200  200  200- 403  401  401
POST   /api/teams                               new         401  201  201  201  201  201  403  401  401
GET    /api/teams/{team_id}                     team        401  200  200  200  200  404  403  401  401
PUT    /api/teams/{team_id}                     team        401  403  403  403  200  404  403  401  401
DELETE /api/teams/{team_id}                     team        401  403  403  403  204  404  403  401  401
POST   /api/teams/{team_id}/settings/preview    team        401  403  403  403  200  404  403  401  401
GET    /api/teams/{team_id}/audit               team        401  403  403  403  200  404  403  401  401
GET    /api/teams/{team_id}/audit/export        team        401  403  403  403  200  404  403  401  401
GET    /api/teams/{team_id}/invites             team        401  403  403  403  200  404  403  401  401
POST   /api/teams/{team_id}/invites             team        401  403  403  403  201  404  403  401  401
DELETE /api/teams/{team_id}/invites/{invite_id} team        401  403  403  403  204  404  403  401  401
POST   /api/teams/{team_id}/invites/{invite_id}/resend sent 401  403  403  403  200  404  403  401  401
GET    /api/teams/{team_id}/members             team        401  200  200  200  200  404  403  401  401
POST   /api/teams/{team_id}/members             team        401  403  403  403  201  404  403  401  401
PUT    /api/teams/{team_id}/members/{user_id}   colleague   401  403  403  403  200  404  403  401  401
DELETE /api/teams/{team_id}/members/{user_id}   colleague   401  403  403  403  204  404  403  401  401
DELETE /api/teams/{team_id}/members/{user_id}   oneself     401  204  204  204  204  404  403  401  401

GET    /api/sessions                            shared      401  200  200  200  200  200- 403  401  401
GET    /api/sessions                            private     401  200- 200- 200  200- 200- 403  401  401
GET    /api/sessions/collisions                 team        401  200  200  200  200  200  403  401  401
GET    /api/sessions/mine/export                shared      401  200- 200- 200  200- 200- 403  401  401
GET    /api/sessions/mine/export                private     401  200- 200- 200  200- 200- 403  401  401
GET    /api/sessions/{session_id}               shared      401  200  200  200  200  404  403  401  401
GET    /api/sessions/{session_id}               private     401  404  404  200  404  404  403  401  401
PUT    /api/sessions/{session_id}               shared      401  403  403  200  200  404  403  401  401
PUT    /api/sessions/{session_id}               private     401  404  404  200  404  404  403  401  401
DELETE /api/sessions/{session_id}               shared      401  403  403  204  204  404  403  401  401
DELETE /api/sessions/{session_id}               private     401  404  404  204  404  404  403  401  401
GET    /api/sessions/{session_id}/commits       shared      401  200  200  200  200  404  403  401  401
GET    /api/sessions/{session_id}/commits       private     401  404  404  200  404  404  403  401  401
GET    /api/sessions/{session_id}/export        shared      401  200  200  200  200  404  403  401  401
GET    /api/sessions/{session_id}/export        private     401  404  404  200  404  404  403  401  401
POST   /api/sessions/{session_id}/commands      shared      401  403  403  202  403  404  403  401  401
POST   /api/sessions/{session_id}/commands      private     401  404  404  202  404  404  403  401  401
GET    /api/sessions/{session_id}/commands      shared      401  200  200  200  200  404  403  401  401
GET    /api/sessions/{session_id}/commands      private     401  404  404  200  404  404  403  401  401
GET    /api/sessions/{session_id}/commands/{command_id}/export
                                                shared      401  200  200  200  200  404  403  401  401
GET    /api/sessions/{session_id}/commands/{command_id}/export
                                                private     401  404  404  200  404  404  403  401  401
GET    /api/sessions/{session_id}/files         shared      401  200  200  200  200  404  403  401  401
GET    /api/sessions/{session_id}/files         private     401  404  404  200  404  404  403  401  401
GET    /api/sessions/{session_id}/health        shared      401  200  200  200  200  404  403  401  401
GET    /api/sessions/{session_id}/health        private     401  404  404  200  404  404  403  401  401
GET    /api/sessions/{session_id}/history       shared      401  200  200  200  200  404  403  401  401
GET    /api/sessions/{session_id}/history       private     401  404  404  200  404  404  403  401  401
GET    /api/sessions/{session_id}/memories      shared      401  200  200  200  200  404  403  401  401
GET    /api/sessions/{session_id}/memories      private     401  404  404  200  404  404  403  401  401
GET    /api/sessions/{session_id}/neighbours    shared      401  200  200  200  200  404  403  401  401
GET    /api/sessions/{session_id}/neighbours    private     401  404  404  200  404  404  403  401  401
GET    /api/sessions/{session_id}/subagents     shared      401  200  200  200  200  404  403  401  401
GET    /api/sessions/{session_id}/subagents     private     401  404  404  200  404  404  403  401  401
GET    /api/sessions/{session_id}/tools         shared      401  200  200  200  200  404  403  401  401
GET    /api/sessions/{session_id}/tools         private     401  404  404  200  404  404  403  401  401
GET    /api/sessions/{session_id}/usage         shared      401  200  200  200  200  404  403  401  401
GET    /api/sessions/{session_id}/usage         private     401  404  404  200  404  404  403  401  401
GET    /api/sessions/{session_id}/views         shared      401  403  403  200  200  404  403  401  401
GET    /api/sessions/{session_id}/views         private     401  404  404  200  404  404  403  401  401
POST   /api/sessions/{session_id}/share         widening    401  403  403  422  403  404  403  401  401
POST   /api/sessions/{session_id}/share         taking-back 401  403  403  200  200  404  403  401  401
POST   /api/sessions/{session_id}/share         private     401  404  404  200  404  404  403  401  401
GET    /api/public/sessions/{secret}            public      200  200  200  200  200  200  200  200  200
GET    /api/public/sessions/{secret}            taken-back  410  410  410  410  410  410  410  410  410

GET    /api/analytics/team                      team        401  200  200  200  200  200  403  401  401
GET    /api/analytics/user/{user_id}            colleague   401  200  200  200  200  404  403  401  401
GET    /api/analytics/trends                    team        401  200  200  200  200  200  403  401  401
GET    /api/analytics/breakdown                 shared      401  200  200  200  200  200- 403  401  401
GET    /api/analytics/breakdown                 private     401  200- 200- 200  200- 200- 403  401  401
GET    /api/analytics/options                   shared      401  200  200  200  200  200- 403  401  401
GET    /api/analytics/options                   private     401  200- 200- 200  200- 200- 403  401  401
GET    /api/analytics/sessions                  shared      401  200  200  200  200  200- 403  401  401
GET    /api/analytics/sessions                  private     401  200- 200- 200  200- 200- 403  401  401
GET    /api/analytics/budgets                   team        401  200  200  200  200  200  403  401  401
GET    /api/analytics/unpriced                  team        401  200  200  200  200  200  403  401  401
GET    /api/analytics/export                    shared      401  200  200  200  200  200- 403  401  401
GET    /api/analytics/export                    private     401  200- 200- 200  200- 200- 403  401  401

GET    /api/insights                            learnt      401  200  200  200  200  200- 403  401  401
POST   /api/insights                            learnt      401  403  201  201  201  201  403  401  401
POST   /api/insights                            shared      401  403  201  201  201  422  403  401  401
POST   /api/insights                            private     401  403  422  201  422  422  403  401  401
GET    /api/insights/{insight_id}               owner's     401  200  200  200  200  404  403  401  401
PUT    /api/insights/{insight_id}               owner's     401  403  403  200  200  404  403  401  401
DELETE /api/insights/{insight_id}               owner's     401  403  403  204  204  404  403  401  401
POST   /api/insights/{insight_id}/upvote        owner's     401  403  200  200  200  404  403  401  401
DELETE /api/insights/{insight_id}/upvote        owner's     401  403  200  200  200  404  403  401  401
GET    /api/insights/{insight_id}/comments      owner's     401  200  200  200  200  404  403  401  401
POST   /api/insights/{insight_id}/comments      owner's     401  403  201  201  201  404  403  401  401
PUT    /api/insights/{insight_id}/comments/{comment_id}
                                                owner's     401  403  403  200  403  404  403  401  401
DELETE /api/insights/{insight_id}/comments/{comment_id}
                                                owner's     401  403  403  204  204  404  403  401  401
GET    /api/insights/mine/export                owner's     401  200- 200- 200  200- 200- 403  401  401
GET    /api/insights/tags                       learnt      401  200  200  200  200  200- 403  401  401
GET    /api/insights/similar                    learnt      401  200  200  200  200  200- 403  401  401
GET    /api/insights/feed                       own         401  200  200  200  200  200  403  401  401
POST   /api/insights/feed                       own         401  201  201  201  201  201  403  401  401
DELETE /api/insights/feed                       own         401  204  204  204  204  204  403  401  401
GET    /api/insights/feed.xml                   secret      200  200  200  200  200  200  200  200  200
GET    /api/insights/feed.xml                   ended       404  404  404  404  404  404  404  404  404

GET    /api/notifications                       owner's     401  200- 200- 200  200- 200- 403  401  401
POST   /api/notifications/read                  own         401  200  200  200  200  200  403  401  401
GET    /api/notifications/preferences           own         401  200  200  200  200  200  403  401  401
PUT    /api/notifications/preferences           own         401  200  200  200  200  200  403  401  401
GET    /api/alerts                              shared      401  200  200  200  200  200- 403  401  401
GET    /api/alerts                              private     401  200- 200- 200  200- 200- 403  401  401
POST   /api/alerts/{alert_id}/acknowledge       shared      401  403  403  200  200  404  403  401  401
POST   /api/alerts/{alert_id}/acknowledge       private     401  404  404  200  404  404  403  401  401
POST   /api/alerts/{alert_id}/snooze            shared      401  403  403  200  200  404  403  401  401
POST   /api/alerts/{alert_id}/snooze            private     401  404  404  200  404  404  403  401  401
POST   /api/alerts/{alert_id}/resolve           shared      401  403  403  200  200  404  403  401  401
POST   /api/alerts/{alert_id}/resolve           private     401  404  404  200  404  404  403  401  401
GET    /api/teams/{team_id}/webhooks            team        401  200  200  200  200  404  403  401  401
POST   /api/teams/{team_id}/webhooks            team        401  403  403  403  201  404  403  401  401
GET    /api/teams/{team_id}/webhooks/{webhook_id}
                                                team        401  200  200  200  200  404  403  401  401
PUT    /api/teams/{team_id}/webhooks/{webhook_id}
                                                team        401  403  403  403  200  404  403  401  401
DELETE /api/teams/{team_id}/webhooks/{webhook_id}
                                                team        401  403  403  403  204  404  403  401  401
POST   /api/teams/{team_id}/webhooks/{webhook_id}/test
                                                team        401  403  403  403  200  404  403  401  401
GET    /api/teams/{team_id}/webhooks/{webhook_id}/deliveries
                                                team        401  200  200  200  200  404  403  401  401

POST   /api/sessions/sync                       own         401  403  403  403  403  403  202  401  401
POST   /api/agents                              own         401  403  403  403  403  403  200  401  401
GET    /api/agents                              owner's     401  200  200  200  200  200- 403  401  401
DELETE /api/agents/{agent_id}                   owner's     401  403  403  204  204  404  403  401  401
GET    /api/agents/me/commands                  own         401  403  403  403  403  403  200  401  401
POST   /api/agents/me/commands/{command_id}     own         401  403  403  403  403  403  200  401  401
GET    /api/agents/local                        from-afar   401  200  200  200  200  200  403  401  401
POST   /api/agents/local                        from-afar   401  403  403  403  403  403  403  401  401
DELETE /api/agents/local                        from-afar   401  403  403  403  403  403  403  401  401
"""

# The type of the frame that answers, an error's code, or the code the socket closes with.
ASKED = """
                 anon view          memb          ownr          admn          othr          agnt rmvd rvkd
auth
 ticket          4401 pong          pong          pong          pong          pong          4401 4401 4401
 token           4401 authenticated authenticated authenticated authenticated authenticated 4403 4401 4401
ping
 alive           4401 pong          pong          pong          pong          pong          4403 4401 4401
subscribe
 team:home       4401 subscribed    subscribed    subscribed    subscribed    not_found     4403 4401 4401
 team:absent     4401 not_found     not_found     not_found     not_found     not_found     4403 4401 4401
 user:owner      4401 not_found     not_found     subscribed    not_found     not_found     4403 4401 4401
 user:absent     4401 not_found     not_found     not_found     not_found     not_found     4403 4401 4401
 session:shared  4401 subscribed    subscribed    subscribed    subscribed    not_found     4403 4401 4401
 session:private 4401 not_found     not_found     subscribed    not_found     not_found     4403 4401 4401
 session:absent  4401 not_found     not_found     not_found     not_found     not_found     4403 4401 4401
unsubscribe
 team:home       4401 unsubscribed  unsubscribed  unsubscribed  unsubscribed  unsubscribed  4403 4401 4401
 user:owner      4401 unsubscribed  unsubscribed  unsubscribed  unsubscribed  unsubscribed  4403 4401 4401
"""

# What tells of a session of the owner's, or of somebody at home, reaches these, subscribed to their own team
# (who looks at a session: to that session, which all of them try to open); nobody else hears of it.
HEARD = """
                                 viewer member owner admin other
session_created     private      -      -      yes   -     -
session_update      private      -      -      yes   -     -
session_ended       private      -      -      yes   -     -
session_deleted     private      -      -      yes   -     -
session_update      shared       yes    yes    yes   yes   -
session_update      newly-shared yes    yes    yes   yes   -
session_update      taken-back   yes    yes    yes   yes   -
session_ended       shared       yes    yes    yes   yes   -
session_deleted     shared       yes    yes    yes   yes   -
command_result      private      -      -      yes   -     -
command_result      shared       yes    yes    yes   yes   -
presence            private      -      -      -     -     -
presence            shared       yes    yes    yes   yes   -
member_joined       colleague    yes    yes    yes   yes   -
member_role_changed colleague    yes    yes    yes   yes   -
member_left         colleague    yes    yes    yes   yes   -
team_updated        home         yes    yes    yes   yes   -
health_alert        private      -      -      yes   -     -
health_alert        shared       yes    yes    yes   yes   -
token_warning       private      -      -      yes   -     -
token_warning       shared       yes    yes    yes   yes   -
notification        private      -      -      yes   -     -
notifications_read  private      -      -      yes   -     -
insight_shared      learnt       yes    yes    yes   yes   -
insight_updated     learnt       yes    yes    yes   yes   -
insight_deleted     learnt       yes    yes    yes   yes   -
comment_added       learnt       yes    yes    yes   yes   -
"""

# These answer a frame of `ASKED`, or hold others; `resync` names a channel that was subscribed to.
ANSWERS = {"authenticated", "subscribed", "unsubscribed", "pong", "error", "batch", "resync"}


@dataclass(frozen=True)
class Line:
    """What each actor is answered to one thing done (`deed`) with an object in one state."""

    deed: str
    state: str
    cells: dict[str, str]

    def __str__(self) -> str:
        return f"{self.deed} {self.state}"


def route_lines() -> list[Line]:
    # A long address stands on a line of its own.
    rows = [line.split() for line in ROUTES.strip().replace("\n    ", " ").splitlines()[1:] if line]
    return [Line(f"{row[0]} {row[1]}", row[2], dict(zip(ACTORS, row[3:], strict=True))) for row in rows]


def asked_lines() -> Iterator[Line]:
    frame = ""
    for line in ASKED.strip("\n").splitlines()[1:]:
        if line.startswith(" "):
            state, *cells = line.split()
            yield Line(frame, state, dict(zip(ACTORS, cells, strict=True)))
        else:
            frame = line


def heard_lines() -> Iterator[Line]:
    for line in HEARD.strip("\n").splitlines()[1:]:
        frame, state, *cells = line.split()
        yield Line(frame, state, dict(zip(ACTORS[1:6], cells, strict=True)))
