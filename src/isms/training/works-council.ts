/** Works-council mode: of whom how well they did is theirs alone. */
import type { Queryable } from '../../db/database.ts';
import { selectSetting } from '../../records/setting.ts';

/** Where works councils have their say by law: German of any country, and whoever is set up as in Germany or Austria. */
const isCovered = (locale: string) => /^de\b|[-_](?:de|at)$/i.test(locale);

/** For each of the people whether their scores are theirs alone. */
export async function worksCouncilMode(tx: Queryable): Promise<(person: { locale: string }) => boolean> {
  const mode = await selectSetting(tx, 'awareness.works_council');
  return ({ locale }) => (mode === 'by_locale' ? isCovered(locale) : mode === 'on');
}
