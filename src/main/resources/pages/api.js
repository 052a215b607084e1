/* global SwaggerUIBundle */
SwaggerUIBundle({
  url: 'openapi.yml',
  domNode: document.getElementById('main'),
  validatorUrl: null,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  deepLinking: true,
  tryItOutEnabled: true,
});
