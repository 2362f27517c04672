// docs/requirements-coverage.md is what the tests name and what test/requirements says.
import { testGeneratedPage } from './generated-page.js';

testGeneratedPage('docs/requirements-coverage.md', 'what the tests name', 'generate-requirements-coverage');
