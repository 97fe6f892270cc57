/** What is said of evidence that is asked for: to its owner in their language, to whoever looks at it, and as lines of lists. */
import {
  actionId,
  type Addressed,
  type Context,
  type Obligation,
  type ReplyParts,
} from '../../conversation/contract.ts';
import type { Queryable } from '../../db/database.ts';
import { tell } from '../../dialogue/notify.ts';
import type { EvidenceRequest } from '../../isms/evidence-request/evidence-request.ts';
import { selectAuditNames } from '../../isms/evidence-request/in-audit.ts';
import type { OwedEvidence } from '../../isms/evidence-request/list.ts';
import { shortened } from '../../language/text.ts';
import { dayIn, languageOf, wording, type Say } from '../../language/wording.ts';
import type { CommandContext } from '../../records/command-context.ts';
import { selectPerson } from '../../records/person.ts';
import { requirements } from '../../records/requirement.ts';

export const room = 'evidence-requests';

export const sayTo = (person: { locale: string }): Say => wording('evidence-requests', languageOf(person));
export const lookButton = (reference: string, label = 'Look') => ({
  id: actionId(`${room}.show`, { record: reference }),
  label,
});
export const bringId = (reference: string) => actionId(`${room}.bring`, { record: reference });
export const reviewButton = (reference: string) => ({
  id: actionId(`${room}.review`, { record: reference }),
  label: 'Look at it',
});

/** «A.8.13 Information backup» */
export function requirementInWords(id: string): string {
  const title = requirements().get(id)?.title;
  return title === undefined ? id : `${id} ${title}`;
}

/** «AU-2026-004 · Stage 2 audit»; null where it is asked for in none. */
export async function auditInWords(
  tx: Queryable,
  row: Pick<EvidenceRequest, 'auditId'>,
): Promise<string | null> {
  const found = [...(await selectAuditNames(tx, [row])).values()][0];
  return found === undefined ? null : `${found.reference} · ${found.title}`;
}

/** «Access review of Q4 (A.5.18)» */
export function titleLine({
  title,
  requirements: of,
}: Pick<EvidenceRequest, 'title' | 'requirements'>): string {
  return of.length === 0 ? title : `${title} (${of.join(', ')})`;
}

/** Its owner is told at once; the file or link that follows answers it. */
export async function asksOwner(tx: Queryable, command: CommandContext, row: EvidenceRequest): Promise<Addressed[]> {
  const owner = await selectPerson(tx, row.ownerId);
  const say = sayTo(owner);
  const text = [
    say('asks', { name: row.askedByName, day: dayIn(languageOf(owner), row.dueOn), title: row.title }),
    say('drop'),
  ].join('\n');
  const reply: ReplyParts = {
    text,
    facts: [
      ...(row.what === row.title ? [] : [{ label: say('toShow'), value: row.what }]),
      ...(row.requirements.length === 0 ? [] : [{ label: say('for'), value: row.requirements.map(requirementInWords).join('; ') }]),
      { label: say('reference'), value: row.reference },
    ],
    buttons: [{ id: bringId(row.reference), label: say('bring'), style: 'primary' }, lookButton(row.reference, say('look'))],
  };
  return tell(command, [owner.id], reply).map((each) => ({ ...each, awaits: bringId(row.reference) }));
} // prettier-ignore

export function owedLine(owed: OwedEvidence): Obligation {
  const { id, reference, state, requirements: of, title, reason, expiresOn, dueOn } = owed;
  const say = sayTo({ locale: owed.ownerLocale });
  const isAgain = state === 'expiring' || state === 'expired';
  const detail = state === 'rejected' ? say('sentBack', { reason: shortened(reason ?? '', 200) }) : isAgain ? say(state === 'expired' ? 'ranOut' : 'runsOut') : say('drop');
  return {
    record: `evidence_request:${id}`,
    personId: owed.ownerId,
    askedAt: owed.stateAt,
    isTold: owed.isTold,
    dueOn: isAgain ? expiresOn : dueOn,
    item: {
      text: say(isAgain ? 'owedAgain' : 'owed', { title: titleLine({ title, requirements: of }) }),
      detail,
      button: { id: bringId(reference), label: say('bring') },
    },
    why: say('why', { name: owed.askedByName }),
    rank: 1,
    awaits: bringId(reference),
  };
} // prettier-ignore

/** Whoever looks at what was brought: the asker, or where that is an auditor from outside or the owner, the ISMS manager. */
export function reviewNews(context: Context, row: EvidenceRequest): ReplyParts {
  return {
    text: `${context.person.name} brought evidence: ${titleLine(row)}`,
    facts: [{ label: 'Reference', value: row.reference }],
    buttons: [{ ...reviewButton(row.reference), style: 'primary' }],
  };
}
