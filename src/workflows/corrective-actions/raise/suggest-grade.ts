/** Proposes the grade of a finding by its words, with the reason; whoever raises it decides. */
import type { Grade } from '../../../isms/nonconformity/nonconformity.ts';
import { words } from '../../../language/vocabulary.ts';

export interface SuggestedGrade {
  grade: Grade;
  /** One plain sentence. */
  reason: string;
}

const data = words('grades/data');
const noData = words('grades/no data');
const dataLost = words('grades/data lost');
const reasons = words('grades/reasons');

/** What the reasons of the vocabulary make a finding. */
const grades: Record<string, SuggestedGrade> = {
  missing: { grade: 'major', reason: 'Something that the standard asks for is missing entirely.' },
  systemic: { grade: 'major', reason: 'It is systemic: it shows in many places, not in one.' },
  again: { grade: 'major', reason: 'It was found before and has come back.' },
  better: { grade: 'ofi', reason: 'The requirement is met; this is a way to do it better.' },
  watch: { grade: 'observation', reason: 'Nothing is broken yet; it is worth watching.' },
  single: { grade: 'minor', reason: 'It is a single lapse in something that otherwise works.' },
};

export function suggestGrade(finding: string): SuggestedGrade {
  const text = finding.slice(0, 4_000);
  const exposes = (sentence: string) => data.has(sentence) && dataLost.has(sentence) && !noData.has(sentence);
  if (text.split(/[.!?\n]/).some(exposes))
    return { grade: 'major', reason: 'Data of customers or personal data was exposed or lost.' };
  return (
    grades[reasons.meanings(text)[0] ?? ''] ?? {
      grade: 'minor',
      reason: 'A requirement is not met, and nothing said points to more than a lapse.',
    }
  );
}
