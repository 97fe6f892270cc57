/** What people write into the cells of a register, read as values. Each reader throws a Refusal that says what is wrong and what to write. */
import { Refusal } from '../../../errors.ts';
import type { ActionState } from '../../../isms/corrective-action/corrective-action.ts';
import type { KnownPerson } from '../../../isms/register/transfer.ts';
import type {
  causeMethods,
  Grade,
  NonconformityState,
  sources,
} from '../../../isms/nonconformity/nonconformity.ts';
import type { results } from '../../../isms/nonconformity/effectiveness.ts';
import { parseReference } from '../../../records/reference.ts';

export type Reader<T> = (text: string) => T;

export function readText(most: number): Reader<string> {
  return (text) => {
    if (text.length <= most) return text;
    throw new Refusal(`has ${text.length} characters; at most ${most} are kept`);
  };
}

/** 2026-11-24, 24.11.2026 or 24/11/2026, as a day in ISO; the day of a workbook's cell that has a time too. */
export function readDay(text: string): string {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:T[\d:.]+Z)?$/.exec(text);
  const local = /^(\d{1,2})[./](\d{1,2})[./](\d{4})$/.exec(text);
  const [year, month, day] = iso !== null ? iso.slice(1) : local !== null ? local.slice(1).toReversed() : [];
  if (year === undefined || month === undefined || day === undefined)
    throw new Refusal(`«${shortly(text)}» is no date; write it as 2026-02-28`);
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day)) return dayOf(date);
  const last = new Date(Date.UTC(Number(year), Number(month), 0));
  const isMonth = Number(month) >= 1 && Number(month) <= 12;
  throw new Refusal(`«${text}» is no date; write ${isMonth ? dayOf(last) : 'it as 2026-02-28'}`);
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** An instant in ISO with its zone, or a day, which stands for its beginning in UTC. */
export function readInstant(text: string): Date {
  const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const date = new Date(instant ? text : `${readDay(text)}T00:00:00Z`);
  if (Number.isNaN(date.getTime()))
    throw new Refusal(`«${shortly(text)}» is no date; write it as 2026-02-28`);
  return date;
}

export function readWhole(least: number, most: number): Reader<number> {
  return (text) => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    throw new Refusal(`«${shortly(text)}» is no whole number from ${least} to ${most}`);
  };
}

/** 80, 80 %, or 0.8, which is what a workbook holds for 80 %. */
export function readPercent(text: string): number {
  const bare = text.replace(/\s*%$/, '');
  const share = bare === text && /^0\.\d+$/.test(text);
  return readWhole(0, 100)(share ? String(Math.round(Number(text) * 100)) : bare);
}

export function readYesNo(text: string): boolean {
  if (/^(yes|y|true|1|ja|oui|s[ií])$/i.test(text)) return true;
  if (/^(no|n|false|0|nein|non)$/i.test(text)) return false;
  throw new Refusal(`«${shortly(text)}» is neither yes nor no`);
}

export function readLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** NC-2024-007, also written NC-2024-7. */
export function readReference(prefix: 'NC' | 'CA'): Reader<string> {
  return (text) => {
    const said = parseReference(text);
    if (said?.prefix === prefix && said.year !== null)
      return `${prefix}-${said.year}-${String(said.number).padStart(3, '0')}`;
    throw new Refusal(
      `«${shortly(text)}» is no reference; write ${prefix}-2024-007: ${prefix}, year, number`,
    );
  };
}

/** References of similar non-conformities, between commas, semicolons or on lines of their own. */
export function readSimilar(text: string): string[] {
  const parts = text.split(/[,;\n]/).map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const reference = readReference('NC')(part.replace(/\s*\(same cause\)$/i, ''));
      return /\(same cause\)$/i.test(part) ? `${reference} (same cause)` : reference;
    })
    .toSorted();
}

/** By e-mail address, or by the whole name where one person alone has it. */
export function readPerson(people: readonly KnownPerson[]): Reader<KnownPerson> {
  return (text) => {
    const said = text.toLowerCase();
    const byEmail = people.find(({ email }) => email?.toLowerCase() === said);
    const byName = people.filter(({ name }) => name.toLowerCase() === said);
    const person = byEmail ?? byName[0];
    if (byEmail === undefined && byName.length > 1)
      throw new Refusal(
        `«${shortly(text)}» is the name of ${byName.length} people; write the e-mail address`,
      );
    if (person !== undefined) return person;
    throw new Refusal(
      `«${shortly(text)}» is nobody that I know; write the e-mail address of a person, whom "isma people import" adds`,
    );
  };
}

/** @param words  what else people write for each value, in lower case */
function readWord<T extends string>(words: Record<T, readonly string[]>): Reader<T> {
  const values = Object.keys(words) as T[];
  const known = new Map(
    values.flatMap((value) => [value.replaceAll('_', ' '), ...words[value]].map((word) => [word, value])),
  );
  return (text) => {
    const bare = text
      .toLowerCase()
      .replace(/[\s_-]+/g, ' ')
      .trim();
    const value = known.get(bare);
    if (value !== undefined) return value;
    throw new Refusal(`«${shortly(text)}» is not known; write one of ${values.join(', ')}`);
  };
}

export const readGrade = readWord<Grade>({
  major: ['major nc', 'major nonconformity', 'major non conformity', 'major non conformance', 'ncr major', 'hauptabweichung'],
  minor: ['minor nc', 'minor nonconformity', 'minor non conformity', 'minor non conformance', 'ncr minor', 'nebenabweichung'],
  ofi: ['opportunity for improvement', 'opportunity', 'improvement', 'verbesserungspotenzial', 'empfehlung', 'recommendation'],
  observation: ['obs', 'beobachtung', 'hinweis', 'remark', 'comment'],
}); // prettier-ignore

export const readSource = readWord<(typeof sources)[number]>({
  internal_audit: ['internal', 'internes audit', 'audit internal'],
  external_audit: ['external', 'certification audit', 'surveillance audit', 'certification body', 'externes audit', 'audit external'],
  incident: ['security incident', 'vorfall'],
  monitoring: ['kpi', 'measurement', 'vulnerability scan', 'management review'],
  complaint: ['customer complaint', 'customer', 'beschwerde'],
  self: ['self reported', 'self assessment', 'employee', 'staff', 'own finding'],
  supplier: ['vendor', 'third party', 'lieferant'],
}); // prettier-ignore

/** `in_progress` is what other registers say; which of our states it is, the fields decide. */
export const readNonconformityState = readWord<NonconformityState | 'in_progress'>({
  open: ['new', 'raised', 'identified', 'offen'],
  contained: ['corrected'],
  cause_found: ['root cause found', 'analysed', 'analyzed'],
  action_planned: ['planned', 'actions planned'],
  implemented: ['done', 'completed', 'actions done'],
  verifying: ['verification', 'in verification', 'to be verified', 'monitoring'],
  closed: ['complete', 'geschlossen', 'erledigt'],
  rejected: ['withdrawn', 'invalid'],
  in_progress: ['ongoing', 'wip', 'started', 'in bearbeitung', 'under way'],
}); // prettier-ignore

export const readActionState = readWord<ActionState>({
  proposed: ['open', 'new', 'planned', 'offen', 'not started'],
  accepted: ['agreed', 'assigned'],
  declined: ['rejected'],
  in_progress: ['ongoing', 'wip', 'started', 'in bearbeitung', 'under way'],
  done_claimed: ['done', 'completed', 'complete', 'implemented', 'finished', 'erledigt'],
  verified: ['closed', 'geschlossen', 'effective'],
  cancelled: ['canceled', 'withdrawn', 'dropped'],
});

export const readCauseMethod = readWord<(typeof causeMethods)[number]>({
  five_whys: ['5 whys', '5 why', 'five why', '5whys'],
  fishbone: ['ishikawa', 'fish bone'],
  other: ['free text', 'none'],
});

export const readResult = readWord<(typeof results)[number]>({
  effective: ['yes', 'true', 'y', 'ja', 'wirksam'],
  partly: ['partially', 'partial', 'partly effective', 'partially effective'],
  not: ['no', 'false', 'n', 'nein', 'not effective', 'ineffective', 'nicht wirksam'],
});

export const readDecision = readWord<'accepted' | 'declined'>({
  accepted: ['yes', 'accept'],
  declined: ['no', 'rejected', 'decline'],
});

function shortly(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
}
