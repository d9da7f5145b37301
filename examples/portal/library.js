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

/** [{name, source}] */
export async function templateSources() {
  const built = await Promise.all(shipped.map(async (name) => ({ name, source: await text(`templates/${name}.md`) })));
  const kept = own();
  return [...built.filter(({ name }) => !kept.some((entry) => entry.name === name)), ...kept];
}

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
