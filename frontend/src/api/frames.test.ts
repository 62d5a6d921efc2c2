import { expectTypeOf, it } from "vitest"

import type {
  AlertFrame, ClientFrame, CommandFrame, InsightFrame, LeftFrame, MemberFrame, NoticeFrame, PresenceFrame, ReadFrame, ServerFrame, SubscribedFrame, TeamFrame, UpdateFrame,
} from "@/lib/live/frames"

import type { components } from "./schema.gen"
import type { Session } from "./types"

type Schemas = components["schemas"]
type Said<T extends ClientFrame["type"]> = Extract<ClientFrame, { type: T }>

/** The live connection's own types are written by hand: these hold them to the API's document, at compile time. */
it("reads what the document says the server sends", () => {
  expectTypeOf<Schemas["FrameSubscribed"]>().toExtend<SubscribedFrame<Session>>()
  expectTypeOf<Schemas["FrameSession"] & { left: false }>().toExtend<UpdateFrame<Session>>()
  expectTypeOf<Schemas["FrameError"]>().toExtend<ServerFrame<Session>>()
  expectTypeOf<Schemas["FrameResync"]>().toExtend<ServerFrame<Session>>()
  expectTypeOf<Schemas["FramePong"]>().toExtend<ServerFrame<Session>>()
  expectTypeOf<Schemas["FrameMember"]>().toExtend<MemberFrame>()
  expectTypeOf<Schemas["FrameTeam"]>().toExtend<TeamFrame>()
  expectTypeOf<Schemas["FrameCommand"]>().toExtend<CommandFrame>()
  expectTypeOf<Schemas["FramePresence"]>().toExtend<PresenceFrame>()
  expectTypeOf<Schemas["FrameInsight"]>().toExtend<InsightFrame>()
  expectTypeOf<Schemas["FrameInsightChange"]>().toExtend<InsightFrame>()
  expectTypeOf<Schemas["FrameInsightGone"]>().toExtend<InsightFrame>()
  expectTypeOf<Schemas["FrameComment"]>().toExtend<InsightFrame>()
  expectTypeOf<Schemas["FrameNotification"]>().toExtend<NoticeFrame>()
  expectTypeOf<Schemas["FrameNotificationsRead"]>().toExtend<ReadFrame>()
  expectTypeOf<Schemas["FrameAlert"]>().toExtend<AlertFrame>()
  expectTypeOf<LeftFrame["type"]>().toExtend<Schemas["FrameSessionGone"]["type"]>()
})

it("sends what the document says the server reads", () => {
  expectTypeOf<Said<"auth">>().toExtend<Schemas["Auth"]>()
  expectTypeOf<Said<"unsubscribe">>().toExtend<Schemas["Unsubscribe"]>()
  expectTypeOf<Said<"ping">>().toExtend<Schemas["Ping"]>()
  expectTypeOf<Said<"subscribe">["type"]>().toExtend<Schemas["Subscribe"]["type"]>()
  expectTypeOf<keyof Said<"subscribe">>().toEqualTypeOf<keyof Schemas["Subscribe"]>()
  expectTypeOf<keyof Said<"subscribe">["filters"]>().toEqualTypeOf<keyof Schemas["Filters"]>()
})
