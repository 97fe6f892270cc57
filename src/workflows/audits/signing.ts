/** The report of an audit on a card, whole, where it is signed; and its Word file. */
import type { Actions, Addressed, Context, ReplyParts } from '../../conversation/contract.ts';
import { keepOutgoingFile } from '../../conversation/outgoing-file.ts';
import type { Queryable } from '../../db/database.ts';
import { Refusal } from '../../errors.ts';
import { commandOf, toAsker } from '../../dialogue/command.ts';
import { markOf } from '../../dialogue/buttons.ts';
import { asked } from '../../dialogue/proposal.ts';
import { audits, auditStates, type Audit, type SignOffPart } from '../../isms/audit/audit.ts';
import { signMoves, signReport } from '../../isms/audit/ending.ts';
import { selectAuditFacts } from '../../isms/audit/facts.ts';
import { selectReport, selectSignOffs, signedContent } from '../../isms/audit/report.ts';
import { momentInWords } from '../../language/calendar.ts';
import { languageOf } from '../../language/wording.ts';
import { selectOptionalNamed } from '../../records/record.ts';
import { snapshotHash } from '../../records/revision.ts';
import { daysOf, kindOf, lookButton, recordButton, room, signButton } from './buttons.ts';
import { toSigners } from './moves.ts';
import { lookedInWords, sampleInWords, talkInWords } from './record.ts';
import { documentOf } from './document.ts';

const parts: readonly SignOffPart[] = ['lead', 'isms_manager'];
const labels: Record<SignOffPart, string> = { lead: 'Sign as lead', isms_manager: 'Sign beside the lead' };

/** @throws Refusal for what the person may not see, as for what is not there */
export async function findAudit(tx: Queryable, { person }: Context, reference: string): Promise<Audit> {
  const audit = await audits.selectOptional(tx, reference);
  if (audit === null || (await selectOptionalNamed(tx, person, audits.nameOf(audit))) === null)
    throw new Refusal(`There is no ${reference} that you may see. Say «our audits» for those that you may.`);
  return audit;
}

export async function reportCard(tx: Queryable, context: Context, audit: Audit): Promise<{ seen: string; card: ReplyParts }> {
  const report = await selectReport(tx, audit);
  const { reference, title, state, criteria, scope, methods, conclusion, externalAuditors } = audit;
  const seen = markOf([snapshotHash(signedContent(report)), state]);
  const facts = await selectAuditFacts(tx, audit);
  const signOffs = await selectSignOffs(tx, audit.id);
  const mine = parts.filter((part) => auditStates.may(signMoves[part], context.person, audit, facts) && auditStates.step(signMoves[part], audit, facts)?.lacks.length === 0);
  const { findings, samples, talks, team, looked } = report;
  const fact = (label: string, value: string | null) => (value === null || value === '' ? [] : [{ label, value }]);
  const isOld = ({ part }: { part: SignOffPart }) => state === 'reporting' && !facts.signed.includes(part);
  return {
    seen,
    card: {
      text: `${title}: report\n${findings.length === 0 ? 'It found nothing to mend.' : `It found ${findings.length === 1 ? '1 thing' : `${findings.length} things`}.`}`,
      facts: [
        ...fact('Audit', `${reference} · ${kindOf(audit)} · ${daysOf(audit)}`),
        ...fact('Conclusion', conclusion ?? 'not written yet'),
        ...findings.map((finding) => ({ label: `${finding.reference}, ${finding.grade}, ${finding.requirement}`, value: `${finding.title}\n${finding.evidenceSeen}\n${finding.gap}` })),
        ...fact('Criteria', criteria),
        ...fact('Scope', scope),
        ...fact('Methods', methods),
        ...fact('Auditors', [report.lead, ...team.filter(({ part }) => part === 'auditor').map(({ name }) => name), ...externalAuditors].join(', ')),
        ...lookedInWords(report),
        ...looked.filter(({ state: of, note }) => of === 'left_out' && note !== null).map(({ requirement, note }) => ({ label: `Why not ${requirement}`, value: note ?? '' })),
        ...samples.map((sample) => ({ label: 'Sample', value: `${sampleInWords(sample)}\n${sample.items} (${sample.chosenBy})` })),
        ...fact('Talks', talks.map(talkInWords).join('\n')),
        ...signOffs.map((each) => ({ label: each.part === 'lead' ? 'Signed by the lead' : 'Signed beside', value: `${each.name}, ${momentInWords(each.signedAt, context.person.timeZone)}${isOld(each) ? '; changed since, so to be signed again' : ''}` })),
      ],
      buttons: [
        ...mine.map((part) => signButton('sign', labels[part], { record: reference, part }, seen, { style: 'primary' })),
        recordButton('document', 'As Word file', reference),
        lookButton(reference, `Show ${reference}`),
      ],
    },
  };
} // prettier-ignore

export const signingActions: Actions = {
  [`${room}.report`]: async (tx, context, { argument }) =>
    toAsker((await reportCard(tx, context, await findAudit(tx, context, argument('record')))).card),

  [`${room}.sign`]: {
    async look(tx, context, { argument }) {
      const { id } = await findAudit(tx, context, argument('record'));
      const { seen, card } = await reportCard(tx, context, await audits.lock(tx, id));
      return { seen, card: async () => card };
    },
    async sign(tx, context, { argument }): Promise<Addressed[]> {
      const { id } = await findAudit(tx, context, argument('record'));
      const part = parts.find((each) => each === argument('part')) ?? 'lead';
      const signed = await signReport(tx, commandOf(context), await audits.lock(tx, id), part);
      const { card } = await reportCard(tx, context, signed);
      const became = signed.state === 'reporting' ? 'One signature is still missing.' : signed.state === 'complete' ? 'The report is complete: it closes by itself once all that it found is closed.' : 'The report is complete, and nothing is open: it is closed.';
      const told = signed.state === 'reporting' ? await toSigners(tx, context, signed) : [];
      return [...asked({ ...card, text: `${signed.title}: signed\n${became}` }, true), ...told];
    }, // prettier-ignore
  },

  async [`${room}.document`](tx, context, { argument }) {
    const audit = await findAudit(tx, context, argument('record'));
    const reader = { language: languageOf(context.person), timeZone: context.person.timeZone };
    const bytes = await documentOf(tx, audit, reader);
    const file = await keepOutgoingFile(tx, `${audit.reference}.docx`, bytes);
    return toAsker({ text: `The report of ${audit.reference} as a Word file.`, files: [file] });
  },
};
