/**
 * What somebody asks for on a record and somebody else decides: more time, taking something over, a plan to approve. A kind is
 * declared once, with its rules; one of a kind waits on a record at a time. Owns `request`.
 */
import { z } from 'zod';
import { appendAudit } from '../db/audit.ts';
import type { Queryable } from '../db/database.ts';
import { selectAll, selectOne, selectOptional, storable, toJsonb } from '../db/rows.ts';
import { Refusal } from '../errors.ts';
import { momentInWords } from '../language/calendar.ts';
import { audit, isIsmsManager, refuseReadOnly, type CommandContext } from './command-context.ts';
import type { Permission, Who } from './permission.ts';
import type { OwnEvent } from './record.ts';

const Columns = z.object({
  id: z.number(),
  record: z.string(),
  recordId: z.number(),
  askedBy: z.number(),
  askedByName: z.string(),
  /** Null where a role decides. */
  askedOf: z.number().nullable(),
  reason: z.string().nullable(),
  round: z.number().nullable(),
  askedAt: z.date(),
  state: z.enum(['waiting', 'agreed', 'refused', 'withdrawn']),
  decidedBy: z.number().nullable(),
  decidedByName: z.string().nullable(),
  decidedAt: z.date().nullable(),
  decisionReason: z.string().nullable(),
});
export type Request<Wanted = unknown> = z.infer<typeof Columns> & { askedFor: Wanted };
type State = Request['state'];
/** A request beside what it is about, which is locked. */
export type Asked<Subject, Wanted = unknown> = Subject & { request: Request<Wanted> };

export interface RequestDeclaration<Subject, Wanted, Refused extends string, Agreed extends string> {
  kind: string;
  /** The table of what it is about, and what SQL calls that here, as `corrective_action action`. */
  about: string;
  /** What is asked for, where the record alone does not say it. */
  askedFor: z.ZodType<Wanted>;
  /** What answers are called; one that is not there is a move of the record's own. */
  refused: Refused;
  agreed?: Agreed;
  /** SQL: once it is false, the request waits no more, though nobody answered. */
  waitsWhile?: string;
  /** What it is about, locked until the caller's transaction ends. */
  lock(tx: Queryable, id: number): Promise<Subject>;
  idOf(subject: Subject): number;
  decides: Permission<Asked<Subject, Wanted>>;
  /** Why it is asked or answered. @throws Refusal where that has to be said */
  why(text: string | null, state: State): string | null;
  /** What the log says once it is asked or answered. */
  event(asked: Asked<Subject, Wanted>): OwnEvent;
  /** Does what was asked for; what it changes carries the event. */
  agree?(
    tx: Queryable,
    command: CommandContext,
    asked: Asked<Subject, Wanted>,
    event: OwnEvent,
  ): Promise<Subject>;
  /** «There is no such offer.» */
  missing: string;
  /** Somebody was faster. */
  decided(command: CommandContext, asked: Asked<Subject, Wanted>): Refusal;
  /** Why the record allows that answer no more. */
  overtaken?(asked: Asked<Subject, Wanted>, answer: State): string | null;
  /** Of one that waits, why there is no other beside it. */
  waits?(tx: Queryable, command: CommandContext, asked: Asked<Subject, Wanted>): Promise<string>;
  /** Or, where the next one ends it, and that whom it was asked of has left: what the log says. */
  withdrawn?(request: Request<Wanted>): OwnEvent;
}

/** Of one kind; more of them wait behind. */
const mostWaiting = 50;

export function declareRequest<
  Subject extends object,
  Wanted,
  const Refused extends string,
  const Agreed extends string = never,
>(declaration: RequestDeclaration<Subject, Wanted, Refused, Agreed>) {
  const { kind, about, decides, decided, event, why, withdrawn, waitsWhile = 'true' } = declaration;
  const [table = '', alias = table] = about.split(' ');
  const Row = z.intersection(Columns, z.object({ askedFor: declaration.askedFor }));
  const ofKind = `request.kind = '${kind}'`;
  const waiting = `${ofKind} and request.state = 'waiting' and ${waitsWhile}`;
  const selectWaiting = `select request.* from request join ${about} on ${alias}.id = request.record_id where ${waiting}`;

  const requests = {
    decides,
    decided,
    /** SQL that is true for a record on which one waits. */
    waitsSql: `exists (select from request where ${waiting} and request.record_id = ${alias}.id)`,

    /**
     * Whether it can be asked now is the record's own rule.
     *
     * @param subject  locked
     * @param by       whoever does it, where nobody is named
     * @param of       looked up once it is sure that no other waits
     */
    async ask(
      tx: Queryable,
      command: CommandContext,
      subject: Subject,
      wish: { by?: number; of?: () => Promise<number>; for: Wanted; reason?: string; round?: number },
    ): Promise<Request<Wanted>> {
      const id = declaration.idOf(subject);
      const before = await requests.selectWaiting(tx, id);
      if (before !== null && declaration.waits !== undefined)
        throw new Refusal(await declaration.waits(tx, command, { ...subject, request: before }));
      await requests.withdraw(tx, command, id);
      const { by = command.actor.id, of, reason = null, round = null } = wish;
      const askedOf = (await of?.()) ?? null;
      const because = why(reason, 'waiting');
      const request = await selectOne(
        tx,
        Row,
        `insert into request (kind, record, asked_by, asked_by_name, asked_of, asked_for, reason, round, asked_at)
         select $1, $2, id, name, $4, $5, $6, $7, $8 from person where id = $3 returning *`,
        [kind, `${table}:${id}`, by, askedOf, toJsonb(wish.for), because && storable(because), round, command.at], // prettier-ignore
      );
      await note(tx, command, request, event({ ...subject, request }));
      return request;
    },

    async decide(
      tx: Queryable,
      command: CommandContext,
      id: number,
      answer: Refused | Agreed,
      reason: string | null = null,
    ): Promise<Asked<Subject, Wanted>> {
      refuseReadOnly(command);
      const found = await requests.selectOptional(tx, id);
      if (found === null) throw new Refusal(declaration.missing);
      const subject = await declaration.lock(tx, found.recordId);
      const locked = `select * from request where ${ofKind} and id = $1 for update`;
      const asked = { ...subject, request: await selectOne(tx, Row, locked, [id]) };
      await decides.refuseUnless(tx, command, asked);
      if (asked.request.state !== 'waiting') throw decided(command, asked);
      const state = answer === declaration.agreed ? 'agreed' : 'refused';
      const overtaken = declaration.overtaken?.(asked, state) ?? null;
      if (overtaken !== null) throw new Refusal(overtaken);
      const because = why(reason, state);
      const request = await selectOne(
        tx,
        Row,
        `update request set state = $2, decided_by = $3, decided_by_name = $4, decided_at = $5, decision_reason = $6
         where ${ofKind} and id = $1 returning *`,
        [id, state, command.actor.id, command.actor.name, command.at, because && storable(because)],
      );
      const answered = { ...subject, request };
      if (state === 'agreed' && declaration.agree !== undefined)
        return { ...(await declaration.agree(tx, command, answered, event(answered))), request };
      await note(tx, command, request, event(answered));
      return answered;
    },

    /** One that nobody answered ends. The caller has its record locked. */
    async withdraw(tx: Queryable, command: CommandContext, recordId: number): Promise<void> {
      const request = await selectOptional(
        tx,
        Row,
        `update request set state = 'withdrawn', decided_by = $2, decided_by_name = $3, decided_at = $4
         where ${ofKind} and record_id = $1 and state = 'waiting' returning *`,
        [recordId, command.actor.id, command.actor.name, command.at],
      );
      if (request !== null && withdrawn !== undefined) await note(tx, command, request, withdrawn(request));
    },

    /** People who have left answer nothing more: where nobody else may, what they were asked ends. */
    async withdrawFrom(tx: Queryable, personIds: readonly number[], at: Date): Promise<void> {
      if (withdrawn === undefined) return;
      const ended = await selectAll(
        tx,
        Row,
        `update request set state = 'withdrawn', decided_at = $2
         where ${ofKind} and state = 'waiting' and asked_of = any($1) returning *`,
        [personIds, at],
      );
      const told = ended.map((each) => ({
        ...withdrawn(each),
        record: each.record,
        actor: 'system:leaving',
        at,
      }));
      await appendAudit(tx, ...told);
    },

    selectOptional: (tx: Queryable, id: number): Promise<Request<Wanted> | null> =>
      selectOptional(tx, Row, `select * from request where ${ofKind} and id = $1`, [id]),

    /** The one that waits on a record. */
    selectWaiting: (tx: Queryable, recordId: number): Promise<Request<Wanted> | null> =>
      selectOptional(tx, Row, `${selectWaiting} and request.record_id = $1`, [recordId]),

    /** All of a record, oldest first. */
    selectOf: (tx: Queryable, recordId: number): Promise<Request<Wanted>[]> =>
      selectAll(tx, Row, `select * from request where ${ofKind} and record_id = $1 order by id`, [recordId]),

    /** Those that wait for this person, oldest first. */
    selectFor: (tx: Queryable, person: Who): Promise<Request<Wanted>[]> =>
      selectAll(
        tx,
        Row,
        `${selectWaiting} and ${decides.sql} and $2::boolean is not null order by request.id limit ${mostWaiting}`,
        [person.id, isIsmsManager(person)],
      ),
  };
  return requests;
}

function note(tx: Queryable, command: CommandContext, { record }: Request, event: OwnEvent): Promise<void> {
  return audit(tx, command, { ...event, record });
}

/** «A later date for CA-2026-012 was refused already by you on 25 November 2026 at 10:00. Nothing was changed.» */
export function decidedAlready(
  { actor }: CommandContext,
  what: string,
  { decidedBy, decidedByName, decidedAt }: Pick<Request, 'decidedBy' | 'decidedByName' | 'decidedAt'>,
): Refusal {
  const who = decidedBy === actor.id ? 'you' : (decidedByName ?? 'somebody');
  const when = decidedAt === null ? '' : ` on ${momentInWords(decidedAt, actor.timeZone)}`;
  return new Refusal(`${what} already by ${who}${when}. Nothing was changed.`);
}
