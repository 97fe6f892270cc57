/** What words want of audits, with no model: «plan an internal audit of access», «note for AU-3: …», «add a sample to AU-3». */
import type { AuditKind } from '../../isms/audit/audit.ts';
import { audits } from '../../isms/audit/audit.ts';
import { bareRequest } from '../../language/text.ts';
import { words } from '../../language/vocabulary.ts';
import { referenceIn } from '../../records/reference.ts';

const plan = words('audits/plan');
const about = words('audits/about');
const coverage = words('audits/coverage');
const moves = words('audits/moves');
const note = words('audits/note');
const report = words('audits/report');

export type Wanted =
  | { what: 'plan'; kind: AuditKind; covers: string }
  | { what: 'coverage' }
  | { what: 'move'; move: string; reference: string }
  | { what: 'note'; reference: string; text: string }
  | { what: 'report'; reference: string };

/** Words of a message that names what an audit looks at; a longer one, or a question, says something else. */
const mostWords = 14;

/** Null where they ask for something else. */
export function readWanted(text: string): Wanted | null {
  const said = bareRequest(text);
  if (coverage.is(said) !== null) return { what: 'coverage' };
  const reference = referenceIn(said, audits.prefix);
  if (reference !== null) return aboutOne(said, reference);
  const begun = plan.begins(said);
  if (begun?.from !== 0 || text.trim().endsWith('?')) return null;
  let covers = said.slice(begun.to).trim();
  if (covers.split(/\s+/).length > mostWords) return null;
  // «plan an audit programme» is another thing, and «plan an audit report» none of ours.
  if (covers !== '' && about.begins(covers)?.from !== 0 && !/^[:,–-]/.test(covers)) return null;
  covers = covers.replace(/^[:,–-]\s*/, '');
  for (let at = about.begins(covers); at?.from === 0; at = about.begins(covers)) covers = covers.slice(at.to).trim();
  return { what: 'plan', kind: begun.meaning as AuditKind, covers };
} // prettier-ignore

function aboutOne(said: string, reference: string): Wanted | null {
  const at = said.indexOf(reference);
  const [before, after] = [said.slice(0, at).trim(), said.slice(at + reference.length).trim()];
  if (note.is(before) !== null && /^[:,–-]/.test(after)) {
    const text = after.replace(/^[:,–-]\s*/, '').trim();
    return text === '' ? { what: 'move', move: 'note', reference } : { what: 'note', reference, text };
  }
  if (note.is(before) !== null && after === '') return { what: 'move', move: 'note', reference };
  if (report.is(before) !== null && after === '') return { what: 'report', reference };
  const move = moves.is(before) ?? (before === '' ? moves.is(after) : null);
  return move === null ? null : { what: 'move', move, reference };
}
