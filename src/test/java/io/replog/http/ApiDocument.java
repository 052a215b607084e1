package io.replog.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The served description, and whether an answer is one that it declares. */
final class ApiDocument {
  private static final String SCHEMAS = "#/components/schemas/";
  private static final String RESPONSES = "#/components/responses/";
  private static final String PARAMETERS = "#/components/parameters/";

  private final OpenAPI document;

  private ApiDocument(OpenAPI document) {
    this.document = document;
  }

  /** The one that a server serves. */
  static ApiDocument of(Api api) {
    Api.Answer answer = api.get("/openapi.yml");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.type()).startsWith("application/yaml");
    SwaggerParseResult result = new OpenAPIV3Parser().readContents(answer.body(), null, null);
    assertThat(result.getMessages()).isEmpty();
    assertThat(result.getOpenAPI().getOpenapi()).isEqualTo("3.1.0");
    return new ApiDocument(result.getOpenAPI());
  }

  Map<String, PathItem> paths() {
    return document.getPaths();
  }

  Parameter parameter(Parameter parameter) {
    String reference = parameter.get$ref();
    return reference == null
        ? parameter
        : document.getComponents().getParameters().get(reference.replace(PARAMETERS, ""));
  }

  /** Fails unless an operation declares an answer's status, its media type, and what it holds. */
  void assertDeclared(String method, String path, Api.Answer answer) {
    Operation operation =
        paths().get(path).readOperationsMap().get(PathItem.HttpMethod.valueOf(method));
    ApiResponse declared = operation.getResponses().get(Integer.toString(answer.status()));
    assertThat(declared)
        .as("%s %s answers %d: %s", method, path, answer.status(), answer.body())
        .isNotNull();
    Content content = response(declared).getContent();
    if (answer.body().isEmpty()) {
      return;
    }
    assertThat(content).as("%s %s %d has a body", method, path, answer.status()).isNotNull();
    String type = answer.type();
    MediaType media = content.get(type);
    if (media == null) {
      type = type.replaceFirst(" *;.*", "");
      media = content.get(type);
    }
    assertThat(media).as("%s %s %d as %s", method, path, answer.status(), type).isNotNull();
    if (type.endsWith("json") && media.getSchema() != null) {
      assertFits(answer.json(), media.getSchema(), path);
    } else if (type.equals("application/x-ndjson")) {
      for (String line : answer.body().lines().toList()) {
        assertFits(Api.json(line), media.getSchema(), path + " line");
      }
    }
  }

  Stream<Content> contents() {
    Stream<Content> ofOperations =
        paths().values().stream()
            .flatMap(item -> item.readOperations().stream())
            .flatMap(
                operation ->
                    Stream.concat(
                        Stream.ofNullable(operation.getRequestBody())
                            .map(body -> body.getContent()),
                        operation.getResponses().values().stream()
                            .map(response -> response(response).getContent())));
    return ofOperations.filter(content -> content != null);
  }

  ApiResponse response(ApiResponse response) {
    String reference = response.get$ref();
    return reference == null
        ? response
        : document.getComponents().getResponses().get(reference.replace(RESPONSES, ""));
  }

  Schema<?> schema(String name) {
    return document.getComponents().getSchemas().get(name);
  }

  /** What a reference stands for. */
  Schema<?> resolved(Schema<?> schema) {
    String reference = schema.get$ref();
    return reference == null ? schema : schema(reference.replace(SCHEMAS, ""));
  }

  static Object plain(Object value) {
    return Api.json("{\"value\":" + value + "}").get("value");
  }

  /** What the schemas of this document use, and no more of JSON Schema than that. */
  void assertFits(Object value, Schema<?> schema, String where) {
    if (schema.get$ref() != null) {
      assertFits(value, schema(schema.get$ref().replace(SCHEMAS, "")), where);
      return;
    }
    if (schema.getOneOf() != null) {
      assertThat(schema.getOneOf())
          .as("%s %s", where, value)
          .anyMatch(one -> typeFits(value, (Schema<?>) one));
      return;
    }
    assertThat(typeFits(value, schema)).as("%s: %s is not %s", where, value, schema).isTrue();
    if (schema.getEnum() != null) {
      assertThat(schema.getEnum().stream().map(Object::toString))
          .as(where)
          .contains(String.valueOf(value));
    }
    if (schema.getPattern() != null) {
      assertThat(value.toString()).as(where).matches(schema.getPattern());
    }
    if (value instanceof List<?> list) {
      list.forEach(item -> assertFits(item, schema.getItems(), where + "[]"));
    }
    if (value instanceof Map<?, ?> object && schema.getProperties() != null) {
      Map<String, Object> members = new LinkedHashMap<>();
      object.forEach((name, member) -> members.put(name.toString(), member));
      if (schema.getRequired() != null) {
        assertThat(members.keySet()).as(where).containsAll(schema.getRequired());
      }
      if (Boolean.FALSE.equals(schema.getAdditionalProperties())
          || isFalse(schema.getAdditionalProperties())) {
        assertThat(schema.getProperties().keySet()).as(where).containsAll(members.keySet());
      }
      members.forEach(
          (name, member) -> {
            Schema<?> of = schema.getProperties().get(name);
            if (of != null) {
              assertFits(member, of, where + "." + name);
            }
          });
    }
  }

  /** How OpenAPI 3.1 has the schema that nothing fits. */
  private static boolean isFalse(Object additional) {
    return additional instanceof Schema<?> schema
        && Boolean.FALSE.equals(schema.getBooleanSchemaValue());
  }

  private boolean typeFits(Object value, Schema<?> schema) {
    Set<String> types =
        schema.getTypes() == null
            ? (schema.getType() == null ? Set.of() : Set.of(schema.getType()))
            : schema.getTypes();
    return types.isEmpty() || types.stream().anyMatch(type -> isOf(type, value));
  }

  private static boolean isOf(String type, Object value) {
    return switch (type) {
      case "null" -> value == null;
      case "string" -> value instanceof String;
      case "boolean" -> value instanceof Boolean;
      case "integer" -> value instanceof Integer || value instanceof Long;
      case "number" -> value instanceof Number;
      case "array" -> value instanceof List;
      case "object" -> value instanceof Map;
      default -> false;
    };
  }
}
