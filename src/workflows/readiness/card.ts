/** The verdict by stage, then each part with its counted facts, owner and next step, and what changed since last week. */
import { actionId, type Context, type ItemParts, type ReplyParts } from '../../conversation/contract.ts';
import { keepOutgoingFile } from '../../conversation/outgoing-file.ts';
import type { Queryable } from '../../db/database.ts';
import { selectHistorySince } from '../../db/row-history.ts';
import { drawBars, type BarLine } from '../../files/draw-bars.ts';
import { selectFacts, type Fact, type Part } from '../../isms/readiness/fact.ts';
import {
  isShare,
  selectNextAudit,
  stages,
  standingOf,
  verdictOf,
  type Stage,
  type Verdict,
} from '../../isms/readiness/verdict.ts';
import { addDays, dayInWords, daysBetween, dayOf } from '../../language/calendar.ts';
import { linesOf } from '../../language/text.ts';
import { selectNames } from '../../records/person.ts';
import { selectSetting } from '../../records/setting.ts';
import { scopeOf, type Scope } from './scope.ts';
import { blocksBecause, labelOf, nextStep, partNames, room, says, stageNames } from './phrases.ts';
import type { Asked } from './said.ts';
import { endOf, valuesOf } from './moment.ts';

/** Parts with something open that stand on the card; the picture and the list have them all. */
const mostParts = 6;
/** Reasons that the verdict names. */
const mostReasons = 3;
const mostChanges = 4;

export interface Stood {
  facts: Fact[];
  stage: Stage;
  /** Of the audit, where it is planned and the day asked about is today. */
  auditOn: string | null;
  /** The day that is asked about, and the moment. */
  day: string;
  at: Date;
  isNow: boolean;
  names: ReadonlyMap<number, string>;
}

/** How it stood, for whom it concerns. @returns a reply where nothing is known of the day */
export async function selectStood(tx: Queryable, { now }: Context, { stage, day }: Asked, { manager, parts }: Scope): Promise<Stood | ReplyParts> {
  const { today, timeZone } = await todayIn(tx, now);
  if (day !== null && day > today) return { text: `${dayInWords(day)} is still to come. I can say how things stand today, and how they stood.` };
  const isNow = day === null || day === today;
  const at = isNow ? now : endOf(day, timeZone);
  const since = await selectHistorySince(tx);
  if (!isNow && (since === null || at < since)) {
    const from = since === null ? null : dayOf(since, timeZone);
    return {
      text: `I cannot say how things stood on ${dayInWords(day)}: my records of that begin${from === null ? ' only now' : ` on ${dayInWords(from)}`}.`,
      ...(from === null ? {} : { buttons: [{ id: actionId(`${room}.show`, valuesOf({ stage, day: from })), label: `As of ${dayInWords(from)}` }] }),
    };
  }
  const next = await selectNextAudit(tx, today);
  const facts = await selectFacts(tx, at, { manager, ...(parts === null ? {} : { parts }) });
  const names = await selectNames(tx, facts.flatMap(({ owner }) => owner ?? []));
  const auditOn = isNow && (stage === null || stage === next.stage) ? next.on : null;
  return { facts, stage: stage ?? next.stage, auditOn, day: isNow ? today : day, at, isNow, names };
} // prettier-ignore

/** «Not yet for Stage 2: 1 major open, internal audit 14 months old.» */
export function verdictInWords({ stage, blocking, open }: Verdict, { day, isNow }: Pick<Stood, 'day' | 'isNow'>): string {
  const whom = stageNames[stage];
  const when = isNow ? '' : `, as of ${dayInWords(day)}`;
  const reasons = blocking.map((fact) => blocksBecause(fact, day));
  const rest = reasons.length - mostReasons;
  if (reasons.length > 0) return `Not yet for ${whom}${when}: ${reasons.slice(0, mostReasons).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`;
  const parts = new Set(open.map(({ part }) => part)).size;
  if (parts > 0) return `Nearly ready for ${whom}${when}: nothing blocks it, and ${parts === 1 ? 'one part has' : `${parts} parts have`} something open.`;
  return `Ready for ${whom}${when}: nothing that I count stands against it.`;
} // prettier-ignore

export async function readinessCard(tx: Queryable, context: Context, asked: Asked): Promise<ReplyParts> {
  const scope = await scopeOf(tx, context.person);
  if ('refusal' in scope) return { text: scope.refusal };
  const stood = await selectStood(tx, context, asked, scope);
  if ('text' in stood) return stood;
  const { facts, stage, auditOn, day, isNow } = stood;
  const verdict = verdictOf(facts, stage);
  const values = valuesOf({ stage: asked.stage, day: isNow ? null : day });
  const text = scope.manager === null ? verdictInWords(verdict, stood) : 'How far your people are, in what they were asked to acknowledge and learn.';
  const lines = barsOf(stood);
  const picture = scope.manager === null ? await drawBars(shortVerdict(verdict), lines) : null;
  const troubled = partsIn(facts).filter(([, of]) => of.some((fact) => standingOf(fact, stage) !== 'fine'));
  const sorted = troubled.toSorted(([, one], [, other]) => rank(one, stage) - rank(other, stage));
  const others = partsIn(facts).filter(([part]) => !troubled.some(([other]) => other === part));
  const fine = others.filter(([, of]) => isKnown(of));
  const unknown = others.filter(([, of]) => !isKnown(of));
  const left = sorted.slice(mostParts).map(([part]) => partNames[part]);
  const changes = await changesSince(tx, context, stood, scope);
  return {
    text: linesOf(text, auditOn === null ? null : daysAhead(day, auditOn)),
    ...(picture === null ? {} : { picture: { ...(await keepOutgoingFile(tx, `readiness-${day}.png`, picture.bytes)), alt: pictureInWords(verdict, lines) } }),
    items: sorted.slice(0, mostParts).map(([part, of]) => partItem(part, of, stood, values)),
    facts: [
      ...(left.length === 0 ? [] : [{ label: 'Also open', value: left.join(', ') }]),
      ...(fine.length === 0 ? [] : [{ label: 'In order', value: fine.map(([part]) => partNames[part]).join(', ') }]),
      ...(unknown.length === 0 ? [] : [{ label: 'Nothing recorded', value: unknown.map(([part]) => partNames[part]).join(', ') }]),
      ...(changes === null ? [] : [changes]),
    ],
    buttons: [
      ...(scope.manager === null
        ? [
            { id: actionId(`${room}.documents`, values), label: 'Documents' },
            { id: actionId(`${room}.evidence`, values), label: 'Evidence' },
          ]
        : []),
      { id: actionId(`${room}.facts`, values), label: 'All numbers' },
    ],
    choices: scope.manager === null ? stages.filter((each) => each !== stage).map((each) => ({ id: actionId(`${room}.show`, valuesOf({ stage: each, day: isNow ? null : day })), label: `For ${stageNames[each]}` })) : [],
    aside: `Counted from the records${isNow ? '' : ' as they stood then, without what was brought in later'}; nothing is estimated, and nothing is added up to a score.`,
  };
} // prettier-ignore

function daysAhead(today: string, on: string): string {
  const days = daysBetween(today, on);
  return `The audit begins on ${dayInWords(on)}${days > 0 ? `, in ${days} ${days === 1 ? 'day' : 'days'}` : ''}.`;
}

function shortVerdict({ stage, blocking, open }: Verdict): string {
  const whom = stageNames[stage];
  return blocking.length > 0 ? `Not yet for ${whom}` : open.length > 0 ? `Nearly ready for ${whom}` : `Ready for ${whom}`;
} // prettier-ignore

function pictureInWords(verdict: Verdict, lines: readonly BarLine[]): string {
  const of = (tone: BarLine['tone'], label: string) => {
    const those = lines.filter((line) => line.tone === tone).map((line) => line.label);
    return those.length === 0 ? [] : [`${label}: ${those.join(', ')}`];
  };
  return [shortVerdict(verdict), ...of('blocks', 'blocks'), ...of('open', 'open'), ...of('good', 'nothing open')].join('; ');
} // prettier-ignore

/** Anything has been counted there. */
const isKnown = (of: readonly Fact[]) => of.some(({ count, of: all }) => count > 0 || (all ?? 0) > 0);

export function partsIn(facts: readonly Fact[]): [Part, Fact[]][] {
  return [...Map.groupBy(facts, ({ part }) => part)];
}

const rank = (of: readonly Fact[], stage: Stage) =>
  of.some((fact) => standingOf(fact, stage) === 'blocks') ? 0 : 1;

/** All numbers of a part, in one line. */
export const partInWords = (of: readonly Fact[], day: string) =>
  of.flatMap((fact) => says(fact, day) ?? []).join(', ') || 'nothing recorded';

function partItem(part: Part, of: readonly Fact[], { stage, day, names }: Stood, values: Record<string, string>): ItemParts {
  const worst = of.find((fact) => standingOf(fact, stage) === 'blocks') ?? of.find((fact) => standingOf(fact, stage) === 'open');
  const owner = worst?.owner == null ? null : (names.get(worst.owner) ?? null);
  const step = worst === undefined ? null : nextStep(worst);
  return {
    text: `${partNames[part]}: ${partInWords(of, day)}`,
    detail: [owner, step].filter((each) => each !== null).join(' · '),
    button: { id: actionId(`${room}.facts`, { ...values, part }), label: 'Look' },
  };
} // prettier-ignore

/** Numbers of a part that one line of the picture has room for, the first always. */
function fitting(of: readonly Fact[], day: string): string {
  const [first = 'nothing recorded', ...rest] = of.flatMap((fact) => says(fact, day) ?? []);
  return rest.reduce(
    (line, said) => (line.length + said.length + 2 > longestLine ? line : `${line}, ${said}`),
    first,
  );
}
/** Characters. */
const longestLine = 58;

function barsOf({ facts, stage, day }: Stood): BarLine[] {
  return partsIn(facts).map(([part, of]) => {
    const tones = of.map((fact) => standingOf(fact, stage));
    const [share] = of.filter(({ key }) => key !== 'soa.approved' && /required|decided|coverage|done|controls/.test(key));
    return {
      label: partNames[part],
      text: fitting(of, day),
      share: share?.of == null || share.of === 0 ? null : share.count / share.of,
      tone: tones.includes('blocks') ? 'blocks' : tones.includes('open') ? 'open' : isKnown(of) ? 'good' : 'unknown',
    };
  });
} // prettier-ignore

/** Numbers that are others than a week before. Null where none is, or nothing is known of then. */
async function changesSince(tx: Queryable, { now }: Context, { facts, stage, day, isNow, at }: Stood, { manager, parts }: Scope): Promise<{ label: string; value: string } | null> {
  const { timeZone } = await todayIn(tx, now);
  const before = addDays(day, -7);
  const then = isNow ? new Date(at.getTime() - 7 * 86_400_000) : endOf(before, timeZone);
  const since = await selectHistorySince(tx);
  if (since === null || then < since) return null;
  const old = await selectFacts(tx, then, { manager, ...(parts === null ? {} : { parts }) });
  const changed = facts.flatMap((fact) => {
    const was = old.find(({ key }) => key === fact.key);
    return was === undefined || figure(was) === figure(fact) ? [] : [{ fact, text: `${labelOf(fact)} ${figure(was)} → ${figure(fact)}` }];
  });
  const ranks = { blocks: 0, open: 1, fine: 2 };
  const sorted = changed.toSorted((one, other) => ranks[standingOf(one.fact, stage)] - ranks[standingOf(other.fact, stage)]);
  const left = changed.length - mostChanges;
  const label = `Since ${dayInWords(before)}`;
  return changed.length === 0 ? { label, value: 'no number has changed' } : { label, value: `${sorted.slice(0, mostChanges).map(({ text }) => text).join('; ')}${left > 0 ? `; and ${left} more` : ''}` };
} // prettier-ignore

const figure = (fact: Fact) => (isShare(fact) ? `${fact.count} of ${fact.of ?? 0}` : String(fact.count));

async function todayIn(tx: Queryable, now: Date): Promise<{ today: string; timeZone: string }> {
  const { timeZone } = await selectSetting(tx, 'working_time');
  return { today: dayOf(now, timeZone), timeZone };
}
