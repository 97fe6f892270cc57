/** A root cause that is about to be recorded: its lines on the card to confirm, and the forms that say or correct it. */
import { actionId, type Form, type ReplyParts } from '../../../conversation/contract.ts';
import type { CauseStep, Nonconformity } from '../../../isms/nonconformity/nonconformity.ts';
import type { CauseChange } from '../change.ts';
import { field, sentText, type Sent } from '../../../dialogue/form-fields.ts';
import { capitalised, methodInWords } from '../words.ts';

/** Where causes may lie, so that none is looked for in people alone. */
const bones = {
  process: 'In the way of working',
  technology: 'In the technology',
  people: 'With people: workload, roles, knowledge',
  information: 'In information that was missing or wrong',
  environment: 'In the surroundings: time, place, pressure',
  suppliers: 'With suppliers',
} as const;

/** What would be written, one fact a line. */
export function causeLines({ rootCause, method, chain }: CauseChange): NonNullable<ReplyParts['facts']> {
  return [
    { label: 'Root cause', value: rootCause },
    { label: 'Found by', value: capitalised(methodInWords[method]) },
    ...(method === 'five_whys'
      ? whyLines(chain)
      : chain.map(({ question, answer }) => ({ label: question, value: answer }))),
  ];
}

export function whyLines(steps: CauseStep[]): NonNullable<ReplyParts['facts']> {
  return steps.map(({ answer }, index) => ({ label: `Why ${index + 1}`, value: answer }));
}

/** @param proposal  the card that it corrects; null where the cause is said here for the first time */
export function causeForm(
  change: Pick<CauseChange, 'reference' | 'method'> & Partial<CauseChange>,
  proposal: number | null = null,
): Form {
  const { reference, method, rootCause = null, chain = [] } = change;
  return {
    id: actionId('corrective-actions.send-cause', {
      record: reference,
      method,
      ...(proposal === null ? {} : { proposal }),
    }),
    title: 'The root cause',
    submitLabel: 'Show me the card',
    fields: [
      ...(method === 'fishbone' ? fishboneFields(chain) : []),
      ...(method === 'five_whys' ? chain.map(whyField) : []),
      field('cause', 'So the root cause is', 'multiline', {
        value: rootCause,
        hint: 'One or two sentences: what, once changed, keeps it from happening again?',
      }),
    ],
  };
}

function fishboneFields(chain: CauseStep[]) {
  return Object.entries(bones).map(([name, label]) =>
    field(name, label, 'multiline', {
      required: false,
      value: chain.find(({ question }) => question === label)?.answer ?? null,
    }),
  );
}

function whyField({ question, answer }: CauseStep, index: number) {
  return field(`why-${index}`, question, 'multiline', { value: answer });
}

/** What the form says. @param chain  the whys that it showed, whose questions it does not carry */
export function readCauseForm(
  fields: Sent,
  { reference, version }: Pick<Nonconformity, 'reference' | 'version'>,
  method: CauseChange['method'],
  chain: CauseStep[],
): CauseChange {
  const causes =
    method === 'fishbone'
      ? Object.entries(bones)
          .map(([name, question]) => ({ question, answer: sentText(fields, name) }))
          .filter(({ answer }) => answer !== '')
      : chain.map(({ question, answer }, index) => ({
          question,
          answer: sentText(fields, `why-${index}`) || answer,
        }));
  return {
    kind: 'nonconformity.cause',
    reference,
    version,
    method,
    rootCause: sentText(fields, 'cause'),
    chain: causes,
  };
}
