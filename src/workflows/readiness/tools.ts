/** What the model may call: it is told the facts as they are counted, to speak of them, and shows the card. It counts nothing. */
import { z } from 'zod';
import { actionId, type Tool, type ToldRecord } from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import type { Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { stages, verdictOf } from '../../isms/readiness/verdict.ts';
import { dayInWords } from '../../language/calendar.ts';
import { readDates } from '../../language/dates.ts';
import { partsIn, readinessCard, selectStood, verdictInWords, type Stood } from './card.ts';
import { valuesOf } from './moment.ts';
import { labelOf, nextStep, partNames, room, says } from './phrases.ts';
import { scopeOf } from './scope.ts';

const Readiness = z.object({
  stage: z.enum(stages).optional().describe('only if they named it'),
  day: z.string().max(40).optional().describe('a past day, as they said it'),
});

/** Words that a line must have where a sentence has them. */
const exact = ['ready', 'nearly', 'major', 'majors', 'minor', 'minors', 'overdue', 'missing', 'approved', 'covered', 'blocks', 'held', 'planned', 'signed', 'acknowledged', 'fresh', 'passed']; // prettier-ignore

export function readinessTools(db: Queryable): Tool[] {
  const tool: Tool<typeof Readiness> = {
    name: 'tell_readiness',
    description: 'Tells you how ready the organisation is for its audit, in counted facts, now or on a day.',
    schema: Readiness,
    async run(context, { stage = null, day: said }) {
      const { now, person } = context;
      const [date] = said === undefined ? [] : readDates(said, { now, timeZone: person.timeZone, locale: person.locale, towards: 'past' });
      if (said !== undefined && date === undefined) return `day: «${said}» is no day that can be read; nothing was shown.`;
      const asked = { stage, day: date?.day ?? null };
      const instead = privately(context, 'how ready we are', async (tx) => toAsker(await readinessCard(tx, context, asked)));
      const scope = await scopeOf(db, person);
      if ('refusal' in scope) return instead;
      const stood = await selectStood(db, context, asked, scope);
      return 'text' in stood ? instead : { records: toldOf(stood, scope.manager === null), instead };
    },
  };
  return [tool];
} // prettier-ignore

/** The verdict, and a record for each part: a line a number, with whose it is and what is to be done. */
function toldOf(stood: Stood, whole: boolean): ToldRecord[] {
  const { facts, stage, day, isNow, names } = stood;
  const values = valuesOf({ stage, day: isNow ? null : day });
  const button = { id: actionId(`${room}.show`, values), label: 'Look at readiness' };
  const verdict: ToldRecord = { reference: 'RD-1', kind: 'readiness', title: 'Whether we are ready', lines: [verdictInWords(verdictOf(facts, stage), stood), `As of ${dayInWords(day)}.`], exact, button };
  return [
    ...(whole ? [verdict] : []),
    ...partsIn(facts).map(([part, of], index) => ({
      reference: `RD-${index + 2}`,
      kind: 'part of readiness',
      title: partNames[part],
      lines: of.map((fact) => {
        const owner = fact.owner === null ? null : names.get(fact.owner);
        const said = says(fact, day);
        const number = `${labelOf(fact)}: ${fact.count}${fact.of === null ? '' : ` of ${fact.of}`}`;
        return [number, ...(said === null ? [] : [said]), ...(owner == null ? [] : [`the next step is that of ${owner}: ${nextStep(fact)}`])].join(' · ');
      }),
      exact,
      button: { id: actionId(`${room}.facts`, { ...values, part }), label: `Look at ${partNames[part].toLowerCase()}` },
    })),
  ];
} // prettier-ignore
