'use strict'

// The page of /api/docs. A token that is entered there stays in the page and is sent to this server alone.
window.addEventListener('DOMContentLoaded', () => {
  SwaggerUIBundle({
    dom_id: '#description',
    url: '/api/openapi.json',
    presets: [SwaggerUIBundle.presets.apis],
    layout: 'BaseLayout',
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    docExpansion: 'list',
    filter: true,
    persistAuthorization: false,
    queryConfigEnabled: false,
    tryItOutEnabled: true,
    validatorUrl: null, // it would show the description to somebody else's server
  })
})
