// Templates: what there is, "New template from file", and the editor that both lead to.
import { el } from './dom.js';
import { clauseLibrary, customers, describeClause, dropDraft, fileOf, isLegalDown, keepDraft, keepTemplate, sourceToEdit, templateSources } from './library.js';

const editPath = (name) => `#/templates/edit/${encodeURIComponent(name)}`;

export async function renderTemplates(portal, main) {
  const list = el('ul', { class: 'cards' });
  const input = el('input', { type: 'file', id: 'template-file', accept: '.md,.lgd,.legaldown,text/markdown,text/plain', hidden: true, onchange: () => void read().catch(portal.fail) });

  function textOf(bytes) {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      if (!text.includes('\0')) return text;
    } catch {
      // not UTF-8: said below
    }
    throw new Error('This file is no text. A template is a Markdown file in UTF-8.');
  }

  async function read() {
    const [file] = input.files;
    if (!file) return;
    input.value = ''; // the same file may be chosen again
    let source = textOf(await file.arrayBuffer());
    const name = isLegalDown(file.name) ? file.name : file.name.replace(/\.[^.]*$/, '');
    // An agreement without front matter was written for another tool; what that means in ours, the compiler knows.
    if (!isLegalDown(name) && !/^---\s*$/m.test(source.split('\n', 1)[0])) ({ source } = await portal.countersign.templates.import({ [file.name]: source }));
    keepDraft(name, source);
    portal.go(editPath(name));
  }

  const library = await clauseLibrary();
  const cards = [];
  for (const { name, source } of await templateSources()) {
    const { template } = await portal.countersign.templates.compile(source, { file: fileOf(name), library });
    if (!template) continue;
    const own = template.fields.filter((field) => !field.role).length;
    cards.push(el('li', { class: 'card' }, el('strong', { text: template.title }),
      el('span', { text: `version ${template.version} · ${own} values · ${template.lockedUnits.length} locked clauses · ${template.roles.filter(({ signs }) => signs).map(({ label }) => label).join(', ')}` }),
      el('span', { class: 'acts' }, el('a', { class: 'button', href: `#/new/${encodeURIComponent(name)}`, text: 'Use', 'aria-label': `Use ${template.title}` }), el('a', { class: 'button quiet', href: editPath(name), text: 'Edit', 'aria-label': `Edit ${template.title}` }))));
    template.close();
  }
  list.replaceChildren(...cards);
  main.replaceChildren(el('div', { class: 'head' }, el('h1', { text: 'Templates' }), el('div', { class: 'acts' }, el('button', { type: 'button', class: 'primary', text: 'New template from file', onclick: () => input.click() }), input)), list,
    el('h2', { text: 'Clause library' }), el('p', { class: 'note', text: 'Approved wording, taken into a template with {{include: …}}. What is not approved cannot be taken.' }), clauseTable(library));
}

/** Who approved which wording, and why. */
function clauseTable(library) {
  const rows = Object.values(library).map(describeClause);
  return el('table', { class: 'list' }, el('thead', {}, el('tr', {}, ['Clause', 'Status', 'Approved by', 'Why'].map((text) => el('th', { scope: 'col', text })))),
    el('tbody', {}, rows.map(({ clause, variant, title, status, approvedBy = '', why = '' }) => el('tr', {}, el('td', {}, title, el('small', { text: variant ? `${clause}, variant ${variant}` : clause })), el('td', { text: status }), el('td', { text: approvedBy }), el('td', { text: why })))));
}

/** The editor is fetched here and nowhere else: it is the largest part of the portal. */
export async function renderEditor(portal, main, name) {
  main.replaceChildren(el('p', { class: 'muted', text: 'Opening the editor…' }));
  const [source, records, library] = await Promise.all([sourceToEdit(name), customers(), clauseLibrary(), import('countersign/template-editor/define')]);
  const save = el('button', { type: 'button', class: 'primary', id: 'save-template', text: 'Save', disabled: true, onclick: () => keep(editor.source) });
  const use = el('a', { class: 'button', href: `#/new/${encodeURIComponent(name)}`, text: 'Use it', hidden: true });
  const editor = document.createElement('countersign-template-editor');
  const customer = el('select', { id: 'customer', onchange: () => { editor.record = records.find(({ id }) => id === customer.value)?.record ?? null; } },
    el('option', { value: '', text: 'No customer' }), records.map(({ id, label }) => el('option', { value: id, text: label })));

  function keep(text) {
    if (!editor.ok) return;
    keepTemplate(name, text);
    dropDraft(name);
    use.hidden = false;
    portal.say('Saved.');
  }

  Object.assign(editor, { countersign: portal.countersign, file: fileOf(name), library, source });
  editor.addEventListener('countersign-template-checked', ({ detail }) => {
    save.disabled = !detail.ok;
    if (detail.source !== source) {
      keepDraft(name, detail.source);
      use.hidden = true;
    }
  });
  editor.addEventListener('countersign-request-save-template', ({ detail }) => keep(detail.source));
  main.replaceChildren(el('div', { class: 'head' }, el('div', {}, el('h1', { text: name }), el('p', { class: 'note' }, 'What you write is kept in this browser. ', el('a', { href: 'templates/GUIDE.md', target: '_blank', text: 'The language in fifteen minutes' }))),
    el('div', { class: 'acts' }, el('label', { class: 'inline' }, 'Filled from ', customer), save, use)), editor);
}
