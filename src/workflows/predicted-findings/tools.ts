/** What a model is told of the report: each finding as a record with its facts. It words them; it finds, counts and grades nothing. */
import { z } from 'zod';
import {
  actionId,
  type Context,
  type Outcome,
  type Tool,
  type ToldRecord,
} from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import type { Queryable } from '../../db/database.ts';
import { toAsker } from '../../dialogue/command.ts';
import { shortened } from '../../language/text.ts';
import { dayValues, notForThem, reportCard } from './cards.ts';
import {
  byWhen,
  findingLine,
  gradeWords,
  ownersInWords,
  promisePlace,
  requirementInWords,
  room,
  verdict,
} from './phrases.ts';
import { reportFor } from './reader.ts';

const Asked = z.object({
  day: z.iso.date().optional().describe('as of which day, only where they named one behind us'),
});

/** Findings that are told, and facts of each. */
const most = 12;
const mostFacts = 5;
const lineLength = 300;

export function predictedFindingsTools(db: Queryable): Tool[] {
  const tool: Tool<typeof Asked> = {
    name: 'predicted_findings',
    description:
      'What a certification auditor would find in our records today, or would have found on a day: each finding with its facts.',
    schema: Asked,
    async run(context, { day = null }) {
      const reported = await reportFor(db, context, day);
      if (reported === null) return mine(context, async (tx) => toAsker(await notForThem(tx, context)));
      const values = dayValues(reported);
      const records: ToldRecord[] = reported.findings.slice(0, most).map((finding, at) => {
        const place = promisePlace(finding);
        return {
          reference: `PF-${at + 1}`,
          kind: 'predicted finding',
          title: findingLine(finding),
          lines: [
            `grade ${gradeWords[finding.grade]}, requirement ${requirementInWords(finding.requirement)}`,
            ...finding.facts.slice(0, mostFacts).map(({ text }) => text),
            `number of facts: ${finding.facts.length}`,
            ...(place === null ? [] : [`our own words, ${place}: «${finding.promise?.words ?? ''}»`]),
            `who can mend it: ${ownersInWords(finding)}${byWhen(finding) === null ? '' : `, ${byWhen(finding) ?? ''}`}`,
            ...(finding.raised === null ? [] : [`raised as ${finding.raised.reference}`]),
          ].map((line) => shortened(line, lineLength)),
          exact: ['major', 'minor', 'improvement'],
          button: {
            id: actionId(`${room}.look`, { finding: finding.key, ...values }),
            label: shortened(findingLine(finding), 70),
          },
        };
      });
      const all: ToldRecord = {
        reference: 'PF-0',
        kind: 'what an auditor would find, counted',
        title: verdict(reported),
        lines: [verdict(reported)],
        exact: ['major', 'minor', 'improvement'],
        button: { id: actionId(`${room}.show`, values), label: 'All findings' },
      };
      return {
        records: [all, ...records],
        instead: mine(context, async (tx) => toAsker(await reportCard(tx, context, day))),
      };
    },
  };
  return [tool];
}

export function mine(context: Context, outcome: Outcome): Outcome {
  return privately(context, 'what an auditor would find', outcome);
} // prettier-ignore
