// Checks action and workflow files by GitHub's published schemas.
// Usage: node validate_workflows.js VALIDATOR_FOLDER SOURCE_FOLDER; exit status 77: no validator.
const fs = require('fs');
const path = require('path');

const [folder, source] = process.argv.slice(2);
if (!fs.existsSync(path.join(folder, 'package.json'))) {
    console.error('skipped: the npm package of the validator could not be fetched');
    process.exit(77);
}
const { validateAction, validateWorkflow } = require(path.resolve(folder));

const action = fs.readFileSync(path.join(source, 'samples/action/action.yml'), 'utf8');
const workflows = ['samples/action/example.yml'];
for (const name of fs.readdirSync(path.join(source, '.github/workflows')))
    workflows.push('.github/workflows/' + name);

let failed = 0;
function expect(name, result, sound) {
    if ((result.errors.length === 0) === sound)
        return;
    failed = 1;
    console.error(name, sound ? JSON.stringify(result.errors) : 'is taken for sound');
}

expect('action.yml', validateAction(action), true);
expect('an action without runs', validateAction(action.replace(/^runs:/m, 'walks:')), false);
for (const name of workflows) {
    const text = fs.readFileSync(path.join(source, name), 'utf8');
    expect(name, validateWorkflow(text), true);
    expect(name + ' without jobs', validateWorkflow(text.replace(/^jobs:/m, 'tasks:')), false);
}
// the action is called with inputs that it has
const inputs = [...action.split(/^outputs:/m)[0].matchAll(/^ {2}([a-z]+):$/gm)].map((m) => m[1]);
const example = fs.readFileSync(path.join(source, 'samples/action/example.yml'), 'utf8');
for (const [, name] of example.split('with:')[1].matchAll(/^ +([a-z]+):/gm))
    if (!inputs.includes(name)) {
        failed = 1;
        console.error('example.yml: the action has no input', name);
    }
process.exit(failed);
