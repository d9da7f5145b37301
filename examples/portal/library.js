// Templates and customer records that come with the demo, and templates that people bring as files. Own templates stay in
// this browser; a product keeps them where its authors publish them.
const shipped = ['saas-upgrade', 'telehealth-consent', 'sla-amendment'];
const ownKey = 'countersign-portal-templates';

function own() {
  try {
    return JSON.parse(localStorage.getItem(ownKey) ?? '[]');
  } catch {
    return [];
  }
}

async function text(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path} is not there (${answer.status})`);
  return answer.text();
}

const clauses = ['confidentiality', 'liability', 'support-standard', 'support-premium', 'support-bespoke'];

/** The clause library: file name to text. Templates take clauses from it with {{include: …}}. */
export async function clauseLibrary() {
  return Object.fromEntries(await Promise.all(clauses.map(async (name) => [`${name}.md`, await text(`templates/clauses/${name}.md`)])));
}

/** What the front matter of a clause says: id, variant, title, status, approvedBy, why. */
export function describeClause(source) {
  const [, front = ''] = source.split(/^---$/m);
  return Object.fromEntries(front.split('\n').flatMap((line) => (/^(\w+):\s*(.*)$/.test(line) ? [/^(\w+):\s*(.*)$/.exec(line).slice(1)] : [])));
}

/** [{name, source}] */
export async function templateSources() {
  const built = await Promise.all(shipped.map(async (name) => ({ name, source: await text(`templates/${name}.md`) })));
  const kept = own();
  return [...built.filter(({ name }) => !kept.some((entry) => entry.name === name)), ...kept];
}

/** LegalDown keeps its ending in the name; it tells the compiler what the text is. */
export const isLegalDown = (name) => /\.(lgd|legaldown|legal\.md)$/.test(name);
export const fileOf = (name) => (isLegalDown(name) ? name : `${name}.md`);

// What is being written, until it is saved: also what does not compile yet.
const draftKey = (name) => `countersign-portal-draft/${name}`;
export function keepDraft(name, source) {
  localStorage.setItem(draftKey(name), source);
}
export function dropDraft(name) {
  localStorage.removeItem(draftKey(name));
}

/** The source to go on with: the draft, else the template; "" where there is neither. */
export async function sourceToEdit(name) {
  const draft = localStorage.getItem(draftKey(name));
  if (draft !== null) return draft;
  return (await templateSources()).find((entry) => entry.name === name)?.source ?? '';
}

export function keepTemplate(name, source) {
  localStorage.setItem(ownKey, JSON.stringify([...own().filter((entry) => entry.name !== name), { name, source }]));
}

/** [{id, label, shape, record}]: CRM records of two shapes; only a template's `source:` expressions know them. */
export async function customers() {
  return JSON.parse(await text('crm/customers.json'));
}
