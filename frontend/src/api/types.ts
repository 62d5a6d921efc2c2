import type { components } from "./schema.gen"

/** Short names for what the API's document defines. */
type Schemas = components["schemas"]

export type User = Schemas["Me"]
export type SignedIn = Schemas["SignedInAnswer"]
export type Session = Schemas["Session"]
export type Health = Schemas["Health"]
export type HealthFactor = Schemas["Factor"]
export type HealthDetail = Schemas["HealthDetail"]
export type TimelineEvent = Schemas["Event"]
export type UsagePoint = Schemas["UsagePoint"]
export type ChangedFile = Schemas["FileChange"]
export type Commit = Schemas["Commit"]
export type Memory = Schemas["Memory"]
export type ToolWork = Schemas["ToolList"]
export type Machine = Schemas["Machine"]
export type ApiToken = Schemas["Token"]
export type MadeToken = Schemas["MadeToken"]
export type Scope = ApiToken["scopes"][number]

export type Tool = Session["tool"]
export type Status = Session["status"]
export type Visibility = Session["visibility"]
export type Tokens = Session["tokens"]
export type Provenance = Session["provenance"]
export type Grade = Health["grade"]
export type EventKind = TimelineEvent["kind"]
