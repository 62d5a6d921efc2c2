import type { Insight, InsightComment } from "@/api/types"

/** Believable insights and what is said of them. */

export function anInsight(part: Partial<Insight> = {}): Insight {
  const created_at = new Date(Date.now() - 3 * 3_600_000).toISOString()
  return {
    id: "insight-1", type: "learning", title: "Ask for a failing test first", content: "The model finds the fault sooner when it has a test that fails.", tags: ["tests"],
    state: "proposed", origin: "person", session_id: null, session_title: null, moment: null, shared_by: "user-ben", username: "ben", upvotes: 2, voted: false, comments: 0,
    evidence: null, version: 1, created_at, updated_at: created_at, ...part,
  }
}

export function aComment(part: Partial<InsightComment> = {}): InsightComment {
  const created_at = new Date(Date.now() - 2 * 3_600_000).toISOString()
  return {
    id: "comment-1", parent_id: null, user_id: "user-ben", username: "ben", content: "For us too.", mentions: [], deleted: false, edited: false, version: 1, created_at,
    updated_at: created_at, ...part,
  }
}

const TEXTS = [
  {
    title: "Ask for a failing test before asking for the fix",
    tags: ["tests", "prompts"],
    content:
      "With a test that fails, the session ends in **half the steps**. What helped most:\n\n- name the file of the test\n- say which command runs it\n- ask to stop as soon as it passes\n\n```\npytest tests/payments/test_retry.py -x\n```",
  },
  {
    title: "Split long migrations: after two compactions nobody knows what was agreed",
    tags: ["context", "migrations"],
    content:
      "Both sessions on the mail templates lost their plan after the second compaction, and began to undo what they had done.\n\nA file `PLAN.md` in the repository, read again after each compaction, kept the third one on its way.\n\n| session | compactions | undone edits |\n|---|---|---|\n| first | 3 | 14 |\n| second | 2 | 9 |\n| with a plan | 2 | 0 |",
  },
  { title: "The linter’s own --fix is cheaper than a model", tags: ["cost", "lint"], content: "Run `ruff check --fix` before a session, and let it see only what is left. It saves about 40 k tokens each time." },
  {
    title: "Keep secrets out of the prompt by pointing at the variable",
    tags: ["security"],
    content: "Say “the token is in `$DEPLOY_TOKEN`” and never paste it.\n\n> What is not in the context cannot leak.\n\nMore in [the guide](https://example.com/guide).",
  },
]

const FOUND = {
  title: "Commands in harbour/web fail more often than elsewhere",
  tags: ["tool failures", "harbour/web"],
  content: "In `harbour/web`, 31 % of the commands fail; in your team’s other repositories it is 8 %. Most of them are test runs without a built front end.",
  evidence: {
    rule: "recurring_tool_failure",
    statistic: "Share of failed calls against all other repositories of the last 30 days; one-sided test, p < 0.001; at least 50 calls.",
    numbers: { failed_share: 0.314, share_elsewhere: 0.082, calls: 412, sessions: 17 },
    sessions: [
      { id: "demo-2", title: "Split the checkout form" },
      { id: "demo-6", title: "Upgrade to PostgreSQL 17" },
    ],
    explanation: "129 of 412 calls failed in 17 sessions of the last 30 days.",
  },
}

/** What a team has learned in a month: `count` insights, the same ones every time. */
export function aTeamsInsights(count: number): Insight[] {
  const people = ["ben", "anna", "chiara", "dmitri"]
  return Array.from({ length: count }, (_, index) => {
    const text = TEXTS[index % TEXTS.length]!
    const username = people[index % people.length]!
    const created_at = new Date(Date.now() - (index * 7 + 1) * 3_600_000).toISOString()
    const found = index === 2
    return anInsight({
      id: `insight-${index + 1}`,
      ...text,
      title: index < TEXTS.length ? text.title : `${text.title} (${index + 1})`,
      type: (["learning", "pattern", "recommendation"] as const)[index % 3]!,
      state: (["proposed", "accepted", "proposed", "proposed", "retired"] as const)[index % 5]!,
      shared_by: `user-${username}`,
      username,
      upvotes: (index * 5 + 7) % 23,
      voted: index % 4 === 0,
      comments: index === 0 ? 4 : 0,
      ...(index === 0 ? { session_id: "demo-3", session_title: "Migrate to the new mail templates", moment: "event-3" } : {}),
      ...(found ? { ...FOUND, type: "pattern" as const, origin: "detected" as const, shared_by: null, username: null, state: "proposed" as const } : {}),
      created_at,
      updated_at: created_at,
    })
  })
}

export function someComments(): InsightComment[] {
  const minutes = (count: number) => new Date(Date.now() - count * 60_000).toISOString()
  return [
    aComment({ id: "c1", content: "It holds for **Codex** too. @anna, did you see it in the mail sessions?", mentions: [{ user_id: "user-anna", username: "anna" }], created_at: minutes(110) }),
    aComment({ id: "c2", parent_id: "c1", user_id: "user-anna", username: "anna", content: "Yes, in both. I have added the command to `CLAUDE.md`.", created_at: minutes(95), edited: true }),
    aComment({ id: "c3", user_id: null, username: null, content: "", deleted: true, created_at: minutes(80) }),
    aComment({ id: "c4", parent_id: "c3", user_id: "user-chiara", username: "chiara", content: "Not for the front end, where one run takes four minutes.", created_at: minutes(60) }),
    aComment({ id: "c5", user_id: "user-chiara", username: "chiara", content: "Shall we accept it?", created_at: minutes(12) }),
  ]
}
