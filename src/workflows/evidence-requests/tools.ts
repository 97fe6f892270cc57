/** What a model may do with evidence: propose to ask for some, and show what there is. It writes nothing. */
import { z } from 'zod';
import type { ActionHandler, Context, Outcome, Tool } from '../../conversation/contract.ts';
import { privately } from '../../conversation/privately.ts';
import { toAsker } from '../../dialogue/command.ts';
import { mayAskForEvidence } from '../../isms/evidence-request/evidence-request.ts';
import { isReadOnly } from '../../records/command-context.ts';
import { findRequirement } from '../../records/requirement.ts';
import type { SaidRequest } from './read-request.ts';
import type { Person } from '../../records/person.ts';
import { evidenceOf } from './by-control.ts';

const Wanted = z.object({
  what: z.string().max(200).describe('which evidence, in a few words of the person'),
  of: z.string().max(200).nullable().describe('name or e-mail address of whoever is asked; null where the person is an auditor'),
  requirements: z.array(z.string().max(20)).max(10).describe('clauses and controls that they named, as 9.2 or A.8.13; empty where they named none'),
  until: z.iso.date().nullable().describe('the day that they named, as 2026-12-09'),
  urgent: z.boolean().describe('whether they said that it is urgent'),
  audit: z.string().max(40).nullable().default(null).describe('reference of the audit that they named for it, as AU-2026-003'),
}); // prettier-ignore
const Asked = z.object({
  which: z
    .enum(['missing', 'expiring', 'to review', 'mine', 'all'])
    .describe('mine: what this person asked for'),
  requirement: z.string().max(20).nullable().describe('a clause or control, as A.8.13, for what there is of it'),
}); // prettier-ignore

/** As the list reads them. */
const parts = {
  missing: 'missing evidence',
  expiring: 'expiring evidence',
  'to review': 'evidence to review',
  mine: 'my requests',
  all: 'all evidence',
};

export interface ToolParts {
  propose(
    context: Context,
    said: Pick<SaidRequest, 'requirements' | 'dueOn' | 'isUrgent' | 'audit'> & {
      title: string;
      ownerId: number | null;
    },
  ): Outcome;
  list: ActionHandler;
  personNamed(context: Context, said: string): Promise<Person | null>;
}

export function evidenceTools({ propose, list, personNamed }: ToolParts): Tool[] {
  const ask: Tool<typeof Wanted> = {
    name: 'request_evidence',
    description:
      'Shows the person a card that asks somebody for evidence, or puts what an auditor wants to see on their list.',
    schema: Wanted,
    async run(context, { what, of, requirements, until, urgent, audit }) {
      const { person } = context;
      if (!mayAskForEvidence(person)) return 'This person may not ask for evidence: managers, the ISMS manager and auditors may.';
      const owner = isReadOnly(person) || of === null ? null : await personNamed(context, of);
      if (owner === null && !isReadOnly(person)) return `Nobody, or several, are called «${of ?? ''}». Ask the person whom they mean.`;
      const named = requirements.flatMap((each) => findRequirement(each)?.id ?? []);
      return propose(context, { title: what, ownerId: owner?.id ?? null, requirements: named, dueOn: until, isUrgent: urgent, audit });
    },
  }; // prettier-ignore
  const listing: Tool<typeof Asked> = {
    name: 'list_evidence',
    description: 'Shows the person which evidence is missing, runs out, waits to be looked at, or there is.',
    schema: Asked,
    async run(context, { which, requirement }) {
      const found = requirement === null ? null : findRequirement(requirement);
      if (found !== null) return privately(context, 'which evidence there is', async (tx) => toAsker(await evidenceOf(tx, context, found.id)));
      return privately(context, 'which evidence there is', (tx) => list(tx, context, { argument: (name) => (name === 'part' ? parts[which] : ''), fields: {} }));
    },
  }; // prettier-ignore
  return [ask, listing];
}
