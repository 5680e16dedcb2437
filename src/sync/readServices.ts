/** What the readers of streams share within one sync, all of it. */
import { Layer } from "effect"
import { Accounts } from "../site/Accounts.ts"
import { Emails } from "../site/Emails.ts"
import { SiteDirectory } from "../site/SiteDirectory.ts"
import { Contents } from "./Contents.ts"
import { Once } from "./Once.ts"
import { type AskServices, type ReadSettings, Settings } from "./services.ts"
import { TreeSurvey } from "./TreeSurvey.ts"
import { WalkBoard } from "./WalkBoard.ts"

export type ReadServices = AskServices | Contents | TreeSurvey

/** What the readers of one sync share; `named` are the accounts that rows name, as they come to be known, `emails` where addresses come from that profiles hide. */
export const servicesOf = (
  settings: ReadSettings,
  named: ReadonlySet<string>,
  emails: Emails["Service"] = { csv: undefined, organization: undefined },
) =>
  Layer.mergeAll(
    WalkBoard.layer,
    Contents.layer(settings.scope),
    TreeSurvey.layer,
    Once.layer,
    SiteDirectory.layer,
    Layer.succeed(Accounts, { named, readWhole: new Map() }),
    Layer.succeed(Emails, emails),
    Layer.succeed(Settings, settings),
  )
