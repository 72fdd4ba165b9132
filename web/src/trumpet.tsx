export { useClient, useView } from 'trumpet-client/react';
