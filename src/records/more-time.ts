/** More time for something that somebody is to do by a day: asked for with a reason, decided by their line manager or the ISMS manager. */
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import { Refusal } from '../errors.ts';
import { dayInWords, dayOf } from '../language/calendar.ts';
import {
  deciderNames,
  isIsmsManager,
  namesOf,
  optional,
  required,
  type CommandContext,
} from './command-context.ts';
import { lookSoon } from './nudge-agenda.ts';
import { permission } from './permission.ts';
import { isHereSql, selectByRole, selectManagerOf } from './person.ts';
import type { OwnEvent } from './record.ts';
import { decidedAlready, declareRequest, type Asked, type Request } from './request.ts';

const Days = z.object({ from: z.string().nullable(), to: z.string() });
type Days = z.infer<typeof Days>;
export type TimeRequest = Request<Days>;

interface Dated {
  id: number;
  personId: number;
  dueOn: string | null;
}

export interface MoreTimeDeclaration<Row extends Dated> {
  /** Its table. */
  table: string;
  /** SQL over a row of it: somebody has still to do it. */
  isOpen: string;
  /** Locked until the caller's transaction ends; null for one that is not open. */
  lockOpen(tx: Queryable, id: number): Promise<Row | null>;
  /** Gives it another day, and notes the event. */
  move(tx: Queryable, command: CommandContext, row: Row, to: string, event: OwnEvent): Promise<unknown>;
}

const decides = permission<Asked<Dated, Days>>({
  code: (actor, { request }) =>
    actor.id !== request.askedBy && (actor.id === request.askedOf || isIsmsManager(actor)),
  sql: `(request.asked_by <> $1 and (request.asked_of = $1 or ($2::boolean and not ${isHereSql('request.asked_of')})))`,
  refusal: async (tx, _command, { request }) =>
    `More time here is decided by ${await deciderNames(tx, [request.askedOf], [request.askedBy])} only.`,
});
const inWords = ({ state }: Pick<TimeRequest, 'state'>) => (state === 'agreed' ? 'approved' : 'refused');

export function declareMoreTime<Row extends Dated>({ table, isOpen, lockOpen, move }: MoreTimeDeclaration<Row>) {
  const over = () => new Refusal('That is done, or nobody has to do it any more: it needs no more time.');
  const requests = declareRequest({
    kind: `${table}_time`,
    about: table,
    askedFor: Days,
    agreed: 'approved',
    refused: 'refused',
    waitsWhile: isOpen,
    async lock(tx, id): Promise<Dated> {
      const row = await lockOpen(tx, id);
      if (row === null) throw over();
      return row;
    },
    idOf: ({ id }: Dated) => id,
    decides,
    why: (text, state) => (state === 'waiting' ? required(text, 'Why more time is needed', 1_000) : optional(text, 'The reason', 1_000)),
    event: ({ request: { state, askedFor } }) => ({ action: `more_time.${state === 'waiting' ? 'requested' : inWords({ state })}`, detail: askedFor }),
    async agree(tx, command, { request, ...subject }, event) {
      const row = await lockOpen(tx, subject.id);
      if (row === null) throw over();
      await move(tx, command, row, request.askedFor.to, event);
      await lookSoon(tx, [row.personId], command.at);
      return { ...subject, dueOn: request.askedFor.to };
    },
    missing: 'There is no such request for more time.',
    decided: (command, { request }) => decidedAlready(command, `More time was ${inWords(request)}`, request),
    waits: async (tx, _command, { request: { askedOf, askedFor } }) =>
      `More time, until ${dayInWords(askedFor.to)}, was asked for already, and ${await namesOf(tx, [askedOf])} has not decided yet.`,
  });

  return {
    ...requests,
    /** By whoever has to do it. */
    async request(tx: Queryable, command: CommandContext, id: number, { to, reason }: { to: string; reason: string }): Promise<TimeRequest> {
      const row = await lockOpen(tx, id);
      if (row === null || row.personId !== command.actor.id) throw over();
      if (to < dayOf(command.at, command.actor.timeZone) || to <= (row.dueOn ?? ''))
        throw new Refusal(`Name a later day${row.dueOn === null ? '' : ` than ${dayInWords(row.dueOn)}`}.`);
      return requests.ask(tx, command, row, { of: () => deciderFor(tx, row.personId), for: { from: row.dueOn, to }, reason });
    },
  };
} // prettier-ignore

async function deciderFor(tx: Queryable, personId: number): Promise<number> {
  const manager = await selectManagerOf(tx, personId);
  const managers = manager === null ? await selectByRole(tx, 'isms_manager') : [manager];
  const decider = managers.find(({ id }) => id !== personId);
  if (decider === undefined) throw new Refusal('Nobody but you could decide that. Ask an admin to name an ISMS manager.'); // prettier-ignore
  return decider.id;
}
